//! Whether what is written can be read, in both themes.

use eframe::egui::{self, Color32, Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::ui::Settings;
use tiramisu::ui::theme::{self, Palette, ThemeChoice, label_colour};

use super::{FIRST, SECOND, classes, clusters};
use crate::support::painted::{contrast, texts};
use crate::support::window::{Setup, Window};

/// What WCAG 2.2 asks of text (1.4.3).
const TEXT: f64 = 4.5;
/// What it asks of signs (1.4.11).
const SIGN: f64 = 3.0;

const THEMES: [ThemeChoice; 2] = [ThemeChoice::Dark, ThemeChoice::Light];

fn setup(theme: ThemeChoice) -> Setup {
    Setup { settings: Settings { theme, ..Settings::default() }, ..Setup::default() }
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
fn every_name_of_a_label_can_be_read_where_labels_are_listed() {
    for theme in THEMES {
        let mut window = classes::compared_in(setup(theme));
        check(&window, theme, "classes");
        window.click("blobs   15");
        window.harness.get_by_label("checks   15").hover();
        window.settle();
        check(&window, theme, "the nearest classes");

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
