//! Whether what is written can be read, in both themes.

use eframe::egui::{self, Color32, Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::TagColour;
use tiramisu::ui::Settings;
use tiramisu::ui::theme::{self, LabelPalette, Palette, ThemeChoice, label_colour};

use super::{FIRST, SECOND, classes, clusters};
use crate::support::painted::{contrast, texts};
use crate::support::window::{Setup, Window, all_views};

/// What WCAG 2.2 asks of text (1.4.3).
const TEXT: f64 = 4.5;
/// What it asks of signs (1.4.11).
const SIGN: f64 = 3.0;

const THEMES: [ThemeChoice; 2] = [ThemeChoice::Dark, ThemeChoice::Light];

fn setup(theme: ThemeChoice) -> Setup {
    Setup { settings: Settings { theme, ..all_views() }, ..Setup::default() }
}

/// Fails when a text in the window is hard to read. What cannot be used at the moment is exempt, there and here.
fn check(window: &Window, theme: ThemeChoice, what: &str) {
    let disabled: Vec<egui::Rect> = {
        let nodes = window.harness.root().children_recursive();
        nodes.filter(|node| node.accesskit_node().is_disabled()).map(|node| node.rect()).collect()
    };
    let texts = texts(window.harness.output());
    let judged: Vec<_> = texts.iter().filter_map(|text| Some((text, text.contrast()?))).collect();
    assert!(
        judged.len() > 10,
        "{what}: only {} of {} texts stand on a ground that is known",
        judged.len(),
        texts.len()
    );
    let faint: Vec<String> = judged
        .into_iter()
        .filter(|(text, contrast)| *contrast < TEXT && !disabled.iter().any(|rect| rect.contains(text.rect.center())))
        .map(|(text, contrast)| format!("{contrast:.2} {:?}: {:?} on {:?}", text.text, text.colour, text.ground))
        .collect();
    assert!(faint.is_empty(), "{what}, {theme:?}: too little contrast:\n{}", faint.join("\n"));
}

#[test]
fn every_text_of_the_views_can_be_read_in_both_themes() {
    for theme in THEMES {
        let mut window = Window::with_images(240, setup(theme));
        check(&window, theme, "nothing chosen");
        window.click(FIRST);
        window.harness.get_by_label(SECOND).hover();
        window.settle();
        check(&window, theme, "an image clicked");
        for view in ["Map", "Layers", "Clusters", "Findings"] {
            window.click(view);
            check(&window, theme, view);
        }
        window.click("Filter by label");
        window.harness.get_by_label("Label checks").hover();
        window.settle();
        check(&window, theme, "list of labels");
        window.click("Label checks");
        check(&window, theme, "a label chosen");
    }
}

#[test]
fn every_text_around_the_views_can_be_read_at_each_place_in_both_themes() {
    for theme in THEMES {
        let settings = Settings { theme, ..Settings::default() };
        let size = egui::vec2(1400.0, 900.0);
        let mut window = Window::with_images(240, Setup { settings, size, ..Setup::default() });
        for key in [Key::Num1, Key::Num2, Key::Num3, Key::Num4] {
            window.harness.key_press_modifiers(Modifiers::COMMAND, key);
            window.settle();
            check(&window, theme, "a place");
        }
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
        window.settle();
        window.click(SECOND);
        window.harness.get_by_label("Place: Check").hover();
        window.settle();
        check(&window, theme, "a tray with pictures");
    }
}

#[test]
fn every_name_of_a_label_can_be_read_where_labels_are_listed() {
    for theme in THEMES {
        let mut window = classes::compared_in(setup(theme));
        check(&window, theme, "classes");
        window.harness.get_by_label("Select class checks").hover();
        window.settle();
        check(&window, theme, "the card under the pointer");

        let window = clusters::grouped_in(setup(theme));
        check(&window, theme, "groups");
    }
}

#[test]
fn every_text_of_the_dialogs_can_be_read_in_both_themes() {
    for theme in THEMES {
        let mut window = Window::with_images(60, setup(theme));
        window.harness.key_press(Key::F1);
        window.settle();
        check(&window, theme, "shortcuts");
        window.harness.key_press(Key::Escape);
        window.settle();
        window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
        window.settle();
        check(&window, theme, "networks");
        let mut welcome = Window::open(setup(theme));
        welcome.settle();
        check(&welcome, theme, "welcome");
    }
}

#[test]
fn colours_of_text_and_dots_of_labels_stand_out_from_every_ground() {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    for (choice, palette) in THEMES.into_iter().zip([&Palette::DARK, &Palette::LIGHT]) {
        theme::choose(&ctx, choice);
        theme::follow(&ctx);
        assert_eq!(theme::palette(), palette);
        let Palette { ground, panel, raised, lifted, accent_fill, .. } = *palette;
        let grounds =
            [("ground", ground), ("panel", panel), ("raised", raised), ("lifted", lifted), ("fill", accent_fill)];
        let Palette { weak, text, strong, accent, good, warning, problem, .. } = *palette;
        let words = [
            ("weak", weak),
            ("text", text),
            ("strong", strong),
            ("accent", accent),
            ("good", good),
            ("warning", warning),
            ("problem", problem),
        ];
        for ((word, colour), (name, ground)) in words.into_iter().flat_map(|word| grounds.map(|ground| (word, ground)))
        {
            let found = contrast(colour, ground);
            assert!(found >= TEXT, "{word} on {name}, {choice:?}: {found:.2}");
        }
        assert!(contrast(palette.on_accent, palette.accent) >= TEXT);
        for (rank, (name, ground)) in (0..200).flat_map(|rank| grounds[..3].iter().map(move |ground| (rank, *ground))) {
            let colour: Color32 = label_colour(rank);
            let found = contrast(colour, ground);
            assert!(found >= SIGN, "label {rank} on {name}, {choice:?}: {found:.2}");
        }
        for (colour, (name, ground)) in
            TagColour::ALL.into_iter().flat_map(|colour| grounds[..3].iter().map(move |ground| (colour, *ground)))
        {
            let found = contrast(theme::tag_colour(colour), ground);
            assert!(found >= SIGN, "{} on {name}, {choice:?}: {found:.2}", colour.word());
        }
    }
}

#[test]
fn a_button_on_the_ground_of_the_window_is_told_from_it_in_both_themes() {
    for (theme, palette) in [(ThemeChoice::Dark, Palette::DARK), (ThemeChoice::Light, Palette::LIGHT)] {
        let mut window = Window::open(setup(theme));
        window.harness.run_steps(3);
        let texts = texts(window.harness.output());
        let sample = texts.iter().find(|text| text.text == "Explore the sample collection");
        let ground = sample.and_then(|text| text.ground).expect("the button is drawn on a colour");
        let told_by = contrast(ground, palette.ground);
        assert!(told_by > 1.1, "{theme:?}: {ground:?} on {:?}, {told_by:.2}", palette.ground);
    }
}

/// A colour as somebody sees it, in OKLab. `cones` is what becomes of linear red, green and blue.
fn seen(colour: Color32, cones: [[f64; 3]; 3]) -> [f64; 3] {
    let linear = [colour.r(), colour.g(), colour.b()].map(|byte| {
        let share = f64::from(byte) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    let times =
        |matrix: [[f64; 3]; 3], v: [f64; 3]| matrix.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>());
    let seen = times(cones, linear).map(|x| x.clamp(0.0, 1.0));
    let to_lms = [
        [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
        [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
        [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
    ];
    let to_lab = [
        [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
        [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
        [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
    ];
    times(to_lab, times(to_lms, seen).map(f64::cbrt))
}

#[test]
fn few_colours_of_labels_are_farther_apart_for_everybody_and_are_seen_on_every_ground() {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    for choice in THEMES {
        theme::choose(&ctx, choice);
        theme::follow(&ctx);
        let nearest = |labels: LabelPalette| {
            theme::colour_labels(labels);
            let all = std::iter::once(MOST).chain(BLIND);
            all.map(|cones| nearest(10, cones)).fold(f64::INFINITY, f64::min)
        };
        let [many, few] = [nearest(LabelPalette::Many), nearest(LabelPalette::Few)];
        assert!(few > 0.09 && few > many * 1.4, "{choice:?}: {few:.3}, of many colours {many:.3}");
        let Palette { ground, panel, raised, weak, .. } = *theme::palette();
        for (rank, ground) in (0..10).flat_map(|rank| [ground, panel, raised].map(|ground| (rank, ground))) {
            let found = contrast(label_colour(rank), ground);
            assert!(found >= SIGN, "label {rank}, {choice:?}: {found:.2}");
        }
        assert_eq!(label_colour(10), weak);
    }
    theme::colour_labels(LabelPalette::Many);
}

/// What becomes of colours as most people see them.
const MOST: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
/// Machado, Oliveira and Fernandes (2009): who lack the cones for long, for middle, for short waves.
const BLIND: [[[f64; 3]; 3]; 3] = [
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
];

/// How far the two nearest of the first `count` colours of labels are from each other.
fn nearest(count: usize, cones: [[f64; 3]; 3]) -> f64 {
    nearest_of((0..count).map(label_colour), cones)
}

fn nearest_of(colours: impl IntoIterator<Item = Color32>, cones: [[f64; 3]; 3]) -> f64 {
    let colours: Vec<[f64; 3]> = colours.into_iter().map(|colour| seen(colour, cones)).collect();
    let count = colours.len();
    let distance = |a: [f64; 3], b: [f64; 3]| (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f64>().sqrt();
    let pairs = (0..count).flat_map(|a| (0..a).map(move |b| (a, b)));
    pairs.map(|(a, b)| distance(colours[a], colours[b])).fold(f64::INFINITY, f64::min)
}

/// Asks something of the many colours of labels in each theme.
fn in_each_theme(check: impl Fn(ThemeChoice)) {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    for choice in THEMES {
        theme::choose(&ctx, choice);
        theme::follow(&ctx);
        theme::colour_labels(LabelPalette::Many);
        check(choice);
    }
}

#[test]
fn the_first_colours_of_labels_are_told_apart_by_colour_blind_people_too() {
    in_each_theme(|choice| {
        for cones in [MOST].into_iter().chain(BLIND) {
            let found = nearest_of(TagColour::ALL.map(theme::tag_colour), cones);
            assert!(found > 0.06, "tags, {choice:?}: {found:.3}");
        }
        assert!(nearest(40, MOST) > 0.049, "{choice:?}: {:.3}", nearest(40, MOST));
        for cones in BLIND {
            assert!(nearest(8, cones) > 0.07, "{choice:?}: {:.3} of 8", nearest(8, cones));
            assert!(nearest(20, cones) > 0.04, "{choice:?}: {:.3} of 20", nearest(20, cones));
        }
        let grey = theme::palette().weak;
        assert_eq!(label_colour(theme::LABEL_COLOURS), grey, "beyond them labels share a colour");
        assert!((0..theme::LABEL_COLOURS).all(|index| label_colour(index) != grey));
    });
}

#[test]
fn no_label_is_of_a_glaring_cyan() {
    in_each_theme(|choice| {
        for rank in 0..theme::LABEL_COLOURS {
            let [_, a, b] = seen(label_colour(rank), MOST);
            let (chroma, hue) = (a.hypot(b), b.atan2(a).to_degrees().rem_euclid(360.0));
            let is_cyan = (175.0..225.0).contains(&hue);
            assert!(!is_cyan || chroma < 0.12, "label {rank}, {choice:?}: {chroma:.3} at {hue:.0} degrees");
        }
    });
}

#[test]
fn no_label_has_the_colour_that_says_what_is_selected() {
    in_each_theme(|choice| {
        let accent = theme::accent();
        let apart = |label: Color32| nearest_of([label, accent], MOST);
        for rank in 0..theme::LABEL_COLOURS {
            let found = apart(label_colour(rank));
            assert!(found > 0.06, "label {rank}, {choice:?}: {found:.3}");
        }
        for palette in LabelPalette::ALL {
            theme::colour_labels(palette);
            let found = (0..10).map(|rank| apart(label_colour(rank))).fold(f64::INFINITY, f64::min);
            assert!(found > 0.09, "the first of {palette:?}, {choice:?}: {found:.3}");
        }
        theme::colour_labels(LabelPalette::Many);
    });
}
