//! Contact sheets and maps.

use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use quick_xml::events::Event;
use serde_json::Value;
use tiramisu::domain::label_palette::LabelPalette;
use tiramisu::domain::{
    ImageId, LabelPlaces, MapPicture, Pooling, Projection, ProjectionMethod, ProjectionWish, StoredLayer, label_palette,
};
use tiramisu::export::{
    ExportError, ExportRow, Shown, ShownWriter, SmallPictures, map_drawing, map_page, map_picture, sheet, sheet_picture,
};

use super::{names_in, row};

/// A name that would end the page's data, and an attribute, if it were written as it is.
const NASTY: &str = "a/</script><b title='\"&'>.jpg";

/// Pictures of one colour each, the first lying, the second standing; the third has none.
const COLOURS: [[u8; 3]; 2] = [[200, 40, 40], [40, 40, 200]];

fn picture(id: ImageId) -> Option<Vec<u8>> {
    let colour = *COLOURS.get(id.index())?;
    let (width, height) = if id.0 == 0 { (192, 96) } else { (96, 192) };
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 95)
        .encode_image(&RgbImage::from_pixel(width, height, Rgb(colour)))
        .expect("a picture can be encoded");
    Some(jpeg)
}

fn rows(folder: &Path) -> Vec<ExportRow> {
    let mut rows = vec![row(folder, 0, NASTY), row(folder, 1, "b/1.jpg"), row(folder, 2, "b/2.jpg")];
    rows[2].record.label = None;
    rows[2].record.problem = Some("it is empty".to_owned());
    rows
}

/// The places of labels, in the order of the rows that bear them.
fn places(rows: &[ExportRow]) -> LabelPlaces {
    let mut places = LabelPlaces::default();
    rows.iter().filter_map(|row| row.record.label.as_deref()).for_each(|label| places.add(label));
    places
}

/// Of ids 1 to 3, where 3 is no row.
fn map() -> Projection {
    Projection {
        wish: ProjectionWish {
            source: StoredLayer { layer: "fire9/concat".to_owned(), pooling: Pooling::Average },
            method: ProjectionMethod::Umap,
            seed: 0,
        },
        ids: vec![ImageId(0), ImageId(1), ImageId(3)].into(),
        points: vec![[-5.0, 2.0], [15.0, 12.0], [99.0, 99.0]].into(),
        placed: Vec::new().into(),
        explained: None,
        faithfulness: None,
        share_done: 1.0,
        made_of: None,
    }
}

fn write(
    writer: ShownWriter,
    rows: &[ExportRow],
    map: Option<&Projection>,
    out: &Path,
    pictures: &mut SmallPictures<'_>,
) -> Result<usize, ExportError> {
    let mut asked = |ids: &[ImageId]| pictures(ids);
    let look = MapPicture { width_px: 1284, with_pictures: false, ..MapPicture::default() };
    let label_places = &places(rows);
    writer(&mut Shown {
        title: "Pets & <more>",
        rows,
        map,
        label_places,
        look,
        pictures: &mut asked,
        out,
        overwrite: false,
    })
}

fn all(ids: &[ImageId]) -> io::Result<Vec<Option<Vec<u8>>>> {
    Ok(ids.iter().map(|id| picture(*id)).collect())
}

fn numbers<const N: usize>(data: &Value, name: &str) -> Vec<[u8; N]> {
    let bytes = BASE64.decode(data[name].as_str().expect("text")).expect("base 64");
    bytes.chunks_exact(N).map(|chunk| chunk.try_into().expect("as many")).collect()
}

#[test]
fn a_page_holds_places_labels_names_and_pictures_and_no_name_gets_out_of_its_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("map.html");
    let written = write(map_page::write, &rows(folder.path()), Some(&map()), &out, &mut all).expect("a page");
    assert_eq!(written, 2, "the third lies nowhere on the map");
    let page = std::fs::read_to_string(&out).expect("a page");
    assert!(page.contains("<title>Pets &amp; &lt;more&gt;</title>"));
    let (_, data) = page.split_once("<script type=\"application/json\" id=\"data\">").expect("data");
    let (data, _) = data.split_once("</script>").expect("their end");
    let data: Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(data["names"], serde_json::json!([NASTY, "b/1.jpg"]));
    let places: Vec<f32> = numbers::<4>(&data, "places").into_iter().map(f32::from_le_bytes).collect();
    // Twenty wide and ten high: as wide as the square, and in the middle of its height, the higher one above.
    assert_eq!(places, [0.0, 0.75, 1.0, 0.25]);
    let labels: Vec<u32> = numbers::<4>(&data, "label_of").into_iter().map(u32::from_le_bytes).collect();
    let names: Vec<&str> =
        labels.iter().map(|at| data["labels"][*at as usize]["name"].as_str().expect("a name")).collect();
    let own: Vec<Option<String>> = rows(folder.path()).into_iter().map(|row| row.record.label).collect();
    assert_eq!(names.iter().map(|name| Some((*name).to_owned())).collect::<Vec<_>>(), own[..2]);
    let cells: Vec<i32> = numbers::<4>(&data, "cell_of").into_iter().map(i32::from_le_bytes).collect();
    let (cell, across) = (data["cell"].as_u64().expect("a size"), data["across"].as_u64().expect("a count"));
    let source = data["sheets"][0].as_str().expect("a sheet").strip_prefix("data:image/jpeg;base64,").expect("a JPEG");
    let sheet = image::load_from_memory(&BASE64.decode(source).expect("base 64")).expect("a picture").into_rgb8();
    let sizes = numbers::<2>(&data, "sizes");
    assert_eq!(sizes, [[cell as u8, cell as u8 / 2], [cell as u8 / 2, cell as u8]], "each keeps its proportion");
    for (place, colour) in cells.iter().zip(COLOURS) {
        let (column, row) = (*place as u64 % across, *place as u64 / across);
        let pixel = sheet.get_pixel((column * cell + cell / 4) as u32, (row * cell + cell / 4) as u32);
        assert!(pixel.0.iter().zip(colour).all(|(got, wanted)| got.abs_diff(wanted) < 12), "{pixel:?} for {colour:?}");
    }
    assert_eq!(page.matches("</script>").count(), 2, "the data and the program");
    assert!(!page.contains("http://") && !page.contains("https://"), "it asks nothing of anybody");
}

#[test]
fn a_drawing_is_well_formed_and_has_a_named_dot_for_each_image_on_the_map() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("map.svg");
    write(map_drawing::write, &rows(folder.path()), Some(&map()), &out, &mut all).expect("a drawing");
    let svg = std::fs::read_to_string(&out).expect("a drawing");
    let mut reader = quick_xml::Reader::from_str(&svg);
    let (mut dots, mut is_name, mut texts) = (Vec::new(), false, Vec::new());
    loop {
        match reader.read_event().expect("it is well formed") {
            Event::Start(element) => {
                is_name = element.name().as_ref() == b"title";
                if element.name().as_ref() == b"circle" {
                    let number = |name: &str| -> f32 {
                        let found = element.try_get_attribute(name).expect("attributes").expect("it is there");
                        String::from_utf8_lossy(&found.value).parse().expect("a number")
                    };
                    dots.push([number("cx"), number("cy")]);
                }
            }
            Event::Text(text) if is_name => texts.push(String::from_utf8_lossy(&text).into_owned()),
            Event::End(_) => is_name = false,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(dots.len(), 2, "{dots:?}");
    assert!(dots[0][0] < dots[1][0] && dots[0][1] > dots[1][1], "what is above on the map is above here: {dots:?}");
    assert!(svg.contains("&lt;/script&gt;") && !svg.contains("<b title"));
    assert!(texts.iter().any(|text| text.contains("b/1.jpg")), "{texts:?}");
}

/// The map of `rows` as a picture, read again.
fn drawn(rows: &[ExportRow], look: MapPicture, folder: &Path) -> RgbImage {
    let out = folder.join("map.png");
    let (map, label_places) = (&map(), &places(rows));
    let shown = &mut Shown {
        title: "Pets",
        rows,
        map: Some(map),
        label_places,
        look,
        pictures: &mut all,
        out: &out,
        overwrite: true,
    };
    assert_eq!(map_picture::write(shown).expect("a picture"), 2, "the third lies nowhere on the map");
    let read = image::open(&out).expect("a picture");
    assert_eq!(image::ImageFormat::from_path(&out).expect("a format"), image::ImageFormat::Png);
    read.into_rgb8()
}

fn is_near(pixel: &Rgb<u8>, colour: [u8; 3]) -> bool {
    pixel.0.iter().zip(colour).all(|(got, wanted)| got.abs_diff(wanted) < 12)
}

/// Where the drawing has them, at its own size: in a square of 960 pixels from 32 and 72 on.
const PLACES: [[u32; 2]; 2] = [[32, 72 + 720], [992, 72 + 240]];

#[test]
fn a_map_as_a_picture_has_the_dots_of_the_drawing_in_the_colours_of_their_labels_and_a_legend_in_letters() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = drawn(
        &rows(folder.path()),
        MapPicture { width_px: 1284, with_pictures: false, ..MapPicture::default() },
        folder.path(),
    );
    assert_eq!(picture.dimensions(), (1284, 1064), "as the drawing");
    for (rank, [x, y]) in PLACES.into_iter().enumerate() {
        let [_, red, green, blue] = label_palette::ON_LIGHT[rank].to_be_bytes();
        // A fifth of the white below is seen.
        let seen = [red, green, blue].map(|part| (f32::from(part) * 0.8 + 255.0 * 0.2) as u8);
        assert!(is_near(picture.get_pixel(x, y), seen), "{:?} for {seen:?}", picture.get_pixel(x, y));
        assert!(is_near(picture.get_pixel(x, y - 7), [255; 3]), "a dot is small");
        assert!(
            is_near(picture.get_pixel(1024, 67 + 22 * rank as u32), [red, green, blue]),
            "the legend's dot is full"
        );
    }
    let ink = |left: u32, top: u32, width: u32, height: u32| {
        let all = (top..top + height).flat_map(|y| (left..left + width).map(move |x| [x, y]));
        all.filter(|[x, y]| picture.get_pixel(*x, *y).0.iter().all(|part| *part < 200)).count()
    };
    assert!(ink(32, 20, 60, 30) > 40, "the title is written");
    assert!(ink(1038, 82, 30, 16) > 10, "the second label is written, with its count");
    assert_eq!(ink(400, 20, 500, 30) + ink(1038, 120, 240, 900), 0, "nothing is written elsewhere");
}

#[test]
fn a_map_leaves_in_the_colours_that_the_person_chose() {
    let folder = tempfile::tempdir().expect("a folder");
    let look = MapPicture { width_px: 1284, colours: LabelPalette::Few, ..MapPicture::default() };
    let picture = drawn(&rows(folder.path()), look, folder.path());
    let hex = |colour: u32| format!("#{colour:06x}");
    for (rank, colour) in label_palette::few::ON_LIGHT.into_iter().enumerate().take(2) {
        let [_, red, green, blue] = colour.to_be_bytes();
        assert!(is_near(picture.get_pixel(1024, 67 + 22 * rank as u32), [red, green, blue]), "of the legend");
    }
    for (writer, name) in [(map_drawing::write as ShownWriter, "map.svg"), (map_page::write, "map.html")] {
        let out = folder.path().join(name);
        let shown = &mut Shown {
            title: "Pets",
            rows: &rows(folder.path()),
            map: Some(&map()),
            label_places: &places(&rows(folder.path())),
            look,
            pictures: &mut all,
            out: &out,
            overwrite: true,
        };
        writer(shown).expect("written");
        let text = std::fs::read_to_string(&out).expect("text");
        assert!(label_palette::few::ON_LIGHT[..2].iter().all(|colour| text.contains(&hex(*colour))), "{name}");
        // A page has colours of its own, which may be like a label's.
        let usual = hex(label_palette::ON_LIGHT[0]);
        let usual = if name == "map.html" { format!("\"light\":\"{usual}\"") } else { usual };
        assert!(!text.contains(&usual), "{name}");
    }
}

#[test]
fn a_label_has_the_colour_by_which_it_came_in_the_window_however_many_bear_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows: Vec<ExportRow> = ["a/1.jpg", "b/1.jpg", "b/2.jpg", "c/1.jpg"]
        .into_iter()
        .zip(0..)
        .map(|(path, id)| row(folder.path(), id, path))
        .collect();
    let map = Projection {
        ids: (0..4).map(ImageId).collect(),
        points: vec![[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [4.0, 4.0]].into(),
        ..map()
    };
    // The most frequent came last, after more labels than there are colours; and of one that is not on the map there is one, too.
    let mut label_places = LabelPlaces::default();
    for label in ["z", "c", "a"] {
        label_places.add(label);
    }
    (label_places.len()..label_palette::COUNT).for_each(|other| label_places.add(&format!("other {other}")));
    label_places.add("b");
    let written = |writer: ShownWriter, name: &str| {
        let out = folder.path().join(name);
        let look = MapPicture { width_px: 1284, ..MapPicture::default() };
        let shown = &mut Shown {
            title: "Pets",
            rows: &rows,
            map: Some(&map),
            label_places: &label_places,
            look,
            pictures: &mut all,
            out: &out,
            overwrite: false,
        };
        assert_eq!(writer(shown).expect("written"), 4);
        out
    };
    let hex = |colour: u32| format!("#{colour:06x}");
    let grey = 0x008C_8C96;
    // In the order of the legend: the most frequent first.
    let expected = [("b", grey), ("a", label_palette::ON_LIGHT[2]), ("c", label_palette::ON_LIGHT[1])];

    let svg = std::fs::read_to_string(written(map_drawing::write, "map.svg")).expect("text");
    for (label, colour) in expected {
        let (before, _) = svg.split_once(&format!("\">{label} <tspan")).expect("its line of the legend");
        let (_, dot) = before.rsplit_once("<circle").expect("the dot before it");
        assert!(dot.contains(&format!("fill=\"{}\"", hex(colour))), "{label}: {dot}");
        let (before, _) = svg.split_once(&format!("<title>{label}/1.jpg")).expect("its dot of the map");
        let (_, group) = before.rsplit_once("<g ").expect("the group it is in");
        assert!(group.starts_with(&format!("fill=\"{}\"", hex(colour))), "{label}: {group}");
    }
    let picture = image::open(written(map_picture::write, "map.png")).expect("a picture").into_rgb8();
    for ((label, colour), line) in expected.into_iter().zip(0..) {
        let [_, red, green, blue] = colour.to_be_bytes();
        assert!(is_near(picture.get_pixel(1024, 67 + 22 * line), [red, green, blue]), "{label} in the picture");
    }
    let page = std::fs::read_to_string(written(map_page::write, "map.html")).expect("text");
    for label in [
        serde_json::json!({ "name": "b", "light": null, "dark": null }),
        serde_json::json!({ "name": "a", "light": hex(label_palette::ON_LIGHT[2]), "dark": hex(label_palette::ON_DARK[2]) }),
        serde_json::json!({ "name": "c", "light": hex(label_palette::ON_LIGHT[1]), "dark": hex(label_palette::ON_DARK[1]) }),
    ] {
        let (_, data) = page.split_once("<script type=\"application/json\" id=\"data\">").expect("data");
        let data: Value = serde_json::from_str(data.split_once("</script>").expect("their end").0).expect("JSON");
        assert!(data["labels"].as_array().expect("labels").contains(&label), "{label} of {}", data["labels"]);
    }
}

#[test]
fn a_map_as_a_picture_is_as_wide_as_was_asked_and_shows_small_pictures_where_they_are_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = drawn(
        &rows(folder.path()),
        MapPicture { width_px: 2568, with_pictures: true, ..MapPicture::default() },
        folder.path(),
    );
    assert_eq!(picture.dimensions(), (2568, 2128), "twice as large");
    // Half a picture of 72 is free at the edges, so that none is cut or lies over the legend.
    let places = [[32 + 36, 72 + 36 + 666], [32 + 36 + 888, 72 + 36 + 222]];
    for (([x, y], colour), rank) in places.into_iter().zip(COLOURS).zip(0..) {
        let ([x, y], [_, red, green, blue]) = ([x * 2, y * 2], label_palette::ON_LIGHT[rank].to_be_bytes());
        assert!(is_near(picture.get_pixel(x, y), colour), "{:?} for {colour:?}", picture.get_pixel(x, y));
        // One lies, one stands: 144 and 72 pixels, and three of a frame around.
        let beyond = [[x + 30, y + 37], [x + 37, y + 30]][rank];
        assert!(is_near(picture.get_pixel(beyond[0], beyond[1]), [red, green, blue]), "a frame in the label's colour");
        let outside = [[x + 30, y + 42], [x + 42, y + 30]][rank];
        assert!(is_near(picture.get_pixel(outside[0], outside[1]), [255; 3]), "it keeps its proportion");
    }
    let narrow = drawn(
        &rows(folder.path()),
        MapPicture { width_px: 7, with_pictures: false, ..MapPicture::default() },
        folder.path(),
    );
    assert_eq!(narrow.width(), *MapPicture::WIDTHS_PX.start(), "no smaller than can be read");
}

#[test]
fn a_map_without_any_of_the_images_is_refused_and_nothing_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = rows(folder.path());
    let out = folder.path().join("map.svg");
    for map in [None, Some(&map())] {
        let error = write(map_drawing::write, &rows[2..], map, &out, &mut all).expect_err("nothing lies on it");
        assert!(matches!(error, ExportError::NothingToWrite { .. }), "{error}");
    }
    assert_eq!(names_in(folder.path()), [""; 0]);
}

#[test]
fn a_contact_sheet_has_thirty_pictures_a_page_with_their_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("sheet.pdf");
    let many: Vec<ExportRow> = (0..61).map(|id| row(folder.path(), id % 3, &format!("b/{id} (Müller).jpg"))).collect();
    let mut asked = Vec::new();
    let written = write(sheet::write, &many, None, &out, &mut |ids| {
        asked.push(ids.len());
        all(ids)
    });
    assert_eq!(written.expect("a sheet"), 61);
    assert_eq!(asked, [30, 30, 1], "pictures are read page by page");
    let pdf = std::fs::read(&out).expect("a file");
    assert!(pdf.starts_with(b"%PDF-") && pdf.trim_ascii_end().ends_with(b"%%EOF"));
    let count = |what: &[u8]| pdf.windows(what.len()).filter(|window| *window == what).count();
    assert_eq!(count(b"/MediaBox"), 3);
    assert_eq!(count(b"/DCTDecode"), 41, "every third has no picture");
    assert_eq!(count(b"(Pets & <more>: 61 pictures)"), 3, "each page says what it is of");
    // What is not of ASCII alone is written by its numbers.
    let name = b"60 (M\xfcller).jpg".iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let text = String::from_utf8_lossy(&pdf).to_lowercase();
    assert_eq!(text.matches(&format!("<{name}>")).count(), 1, "names are written as western Europe does");
}

#[test]
fn a_contact_sheet_is_a_picture_a_page_where_its_name_ends_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("sheet.PNG");
    let many: Vec<ExportRow> = (0..301).map(|id| row(folder.path(), id % 3, &format!("b/{id}.jpg"))).collect();
    assert_eq!(write(sheet::write, &many[..30], None, &out, &mut all).expect("a sheet"), 30);
    assert_eq!(names_in(folder.path()), ["sheet.PNG"], "one page has the name that was given");

    std::fs::write(folder.path().join("sheet-07.PNG"), "mine").expect("a file");
    let error = write(sheet::write, &many, None, &out, &mut all).expect_err("a page is there already");
    assert!(matches!(&error, ExportError::Exists { targets } if targets.len() == 1), "{error}");
    assert_eq!(names_in(folder.path()), ["sheet-07.PNG", "sheet.PNG"], "nothing else came");
    std::fs::remove_file(folder.path().join("sheet-07.PNG")).expect("it goes");

    let mut asked = 0;
    let written = write(sheet::write, &many, None, &out, &mut |ids| {
        asked += 1;
        all(ids)
    });
    assert_eq!((written.expect("a sheet"), asked), (301, 11), "pictures are read page by page");
    let names: Vec<String> = (1..=11).map(|page| format!("sheet-{page:02}.PNG")).collect();
    assert_eq!(names_in(folder.path())[..11], names);
    assert_eq!(sheet_picture::files(&out, 301), names.iter().map(|name| folder.path().join(name)).collect::<Vec<_>>());
    assert_eq!(sheet_picture::files(&out.with_extension("pdf"), 301).len(), 1);
    let open = |page: usize| image::open(folder.path().join(&names[page])).expect("a picture").into_rgb8();
    let (first, second) = (open(0), open(1));
    assert_eq!(first.dimensions(), (1190, 1684), "a page of A4");
    let is_like = |at: [u32; 2], colour: [u8; 3]| {
        first.get_pixel(at[0], at[1]).0.iter().zip(colour).all(|(is, wanted)| is.abs_diff(wanted) < 16)
    };
    assert!(is_like([168, 264], COLOURS[0]), "the lying one stands on its caption: {:?}", first.get_pixel(168, 264));
    assert!(is_like([168, 150], [255; 3]), "and leaves room above it");
    assert!(is_like([378, 220], COLOURS[1]), "the standing one: {:?}", first.get_pixel(378, 220));
    let foot = |page: &RgbImage| image::imageops::crop_imm(page, 72, 1580, 200, 40).to_image();
    assert!(foot(&first).pixels().any(|pixel| pixel.0 != [255; 3]), "it is numbered");
    assert_ne!(foot(&first), foot(&second), "and the next one otherwise");

    let too_many = vec![row(folder.path(), 0, "a.jpg"); 3_001];
    let elsewhere = folder.path().join("more.png");
    let error = write(sheet::write, &too_many, None, &elsewhere, &mut all).expect_err("nobody wants so many files");
    assert!(error.to_string().contains("3,000") && error.to_string().contains("PDF"), "{error}");
    let stop = &mut |_: &[ImageId]| Err(io::Error::other("it was stopped"));
    write(sheet::write, &many, None, &elsewhere, stop).expect_err("it was stopped");
    assert!(!names_in(folder.path()).iter().any(|name| name.starts_with("more") || name.starts_with('.')));
}

fn pictures_on_a_map(shown: &mut Shown<'_>) -> Result<usize, ExportError> {
    shown.look.with_pictures = true;
    map_picture::write(shown)
}

#[test]
fn an_export_that_is_stopped_or_too_large_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let stop = &mut |_: &[ImageId]| Err(io::Error::other("it was stopped"));
    for writer in [map_page::write as ShownWriter, sheet::write, pictures_on_a_map] {
        write(writer, &rows(folder.path()), Some(&map()), &out, stop).expect_err("it was stopped");
    }
    let many = vec![row(folder.path(), 0, "a.jpg"); 20_001];
    let error = write(sheet::write, &many, None, &out, &mut all).expect_err("nobody turns so many pages");
    assert!(error.to_string().contains("20,000"), "{error}");
    assert_eq!(names_in(folder.path()), [""; 0]);
}
