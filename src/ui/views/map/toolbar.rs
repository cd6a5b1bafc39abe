//! The rows above the maps: what is the same for all, and what each has of its own. One map alone has all of it in one row.

use eframe::egui::{Button, ComboBox, Response, Ui};

use super::OneMap;
use super::common::{Common, Place};
use super::plane::Plane;
use super::tool::{Handling, Tool};
use super::tool_row::{self, Part, RowForms};
use crate::domain::{Centrality, ImageColumn, ProjectionMethod};
use crate::engine::AnalysisKind;
use crate::session::{Action, Analyse, Choose, ChooseMap, Colouring, MapChoice, MethodBy, Session};
use crate::ui::icons::Icon;
use crate::ui::widgets::centrality;

const COLOURINGS: [(Colouring, &str); 17] = [
    (Colouring::Label, "by label"),
    (Colouring::Cluster, "by cluster"),
    (Colouring::Tag, "by tag"),
    (Colouring::Split, "by split"),
    (Colouring::Channel, "by channel"),
    (Colouring::Similarity, "by similarity"),
    (Colouring::Faithfulness, "by kept neighbours"),
    (Colouring::Centrality(Centrality::Typicality), "by typicality"),
    (Colouring::Centrality(Centrality::InDegree), "by hubs"),
    (Colouring::Centrality(Centrality::Betweenness), "by bridges"),
    (Colouring::Column(ImageColumn::Pixels), "by size"),
    (Colouring::Column(ImageColumn::Shape), "by shape"),
    (Colouring::Column(ImageColumn::FileBytes), "by file size"),
    (Colouring::Column(ImageColumn::Modified), "by date"),
    (Colouring::Column(ImageColumn::Width), "by width"),
    (Colouring::Column(ImageColumn::Height), "by height"),
    (Colouring::Plain, "all alike"),
];

/// Draws the row above several maps.
pub fn show_common(ui: &mut Ui, forms: &mut RowForms, common: &mut Common<'_>) {
    let Common { session, actions, handling, .. } = common;
    tool_row::show(ui, forms, |ui, part, has_words| match part {
        Part::Left => {
            tools(ui, handling);
            layers_over(ui, handling);
        }
        Part::Right | Part::Below => another(ui, has_words, session, actions),
    });
}

/// Draws the row of one map. What handles it needs `plane`: something that is drawn.
pub fn show(
    ui: &mut Ui,
    view: &mut OneMap,
    map: &MapChoice,
    place: Place,
    common: &mut Common<'_>,
    plane: Option<&Plane>,
) {
    let Common { session, actions, handling, .. } = common;
    let OneMap { row: forms, morphing, is_moved, .. } = view;
    let judges = plane.is_some_and(|plane| plane.projection.is_judged_of_each());
    tool_row::show(ui, forms, |ui, part, has_words| match part {
        Part::Left if place.is_alone() => {
            if let Some(plane) = plane {
                tools(ui, handling);
                fit(ui, is_moved, place);
                layers_over(ui, handling);
                morphing.show(ui, plane, &session.opened.layer_titles, "", has_words);
            }
        }
        Part::Left => {
            layer(ui, map, place, session, actions);
            method(ui, map, place, session, actions);
            if let Some(plane) = plane {
                let of = format!(" of map {}", place.index + 1);
                morphing.show(ui, plane, &session.opened.layer_titles, &of, has_words);
            }
        }
        Part::Right if place.is_alone() => {
            another(ui, has_words, session, actions);
            colouring(ui, map, place, judges, session, actions);
            if has_words {
                ui.label("Colour");
            }
            method(ui, map, place, session, actions);
            if map.layer.is_some() {
                layer(ui, map, place, session, actions);
            }
        }
        // No caption: what a colouring is says what it is about, and another map is the last of the row, not alone in one.
        Part::Below if place.is_alone() => {
            if map.layer.is_some() {
                layer(ui, map, place, session, actions);
            }
            method(ui, map, place, session, actions);
            colouring(ui, map, place, judges, session, actions);
            another(ui, true, session, actions);
        }
        Part::Right => {
            close(ui, map, place, actions);
            if plane.is_some() {
                fit(ui, is_moved, place);
            }
            colouring(ui, map, place, judges, session, actions);
        }
        Part::Below => {
            colouring(ui, map, place, judges, session, actions);
            if plane.is_some() {
                fit(ui, is_moved, place);
            }
            close(ui, map, place, actions);
        }
    });
}

/// What a drag does.
fn tools(ui: &mut Ui, handling: &mut Handling) {
    for tool in Tool::ALL {
        let hint = format!("{}. {}", tool.word(), tool.hint());
        if icon_toggle(ui, handling.tool == tool, tool.icon(), tool.word(), &hint).clicked() {
            handling.tool = tool;
        }
    }
}

/// A button that is on or off, with nothing but its sign on it.
fn icon_toggle(ui: &mut Ui, is_on: bool, icon: Icon, name: &str, hint: &str) -> Response {
    let padding = ui.spacing().button_padding.x;
    ui.spacing_mut().button_padding.x = 6.0;
    let response = ui.add(Button::selectable(is_on, icon.sized(17.0))).on_hover_text(hint).accessible_name(name);
    ui.spacing_mut().button_padding.x = padding;
    response
}

/// The way back to the whole.
fn fit(ui: &mut Ui, is_moved: &mut bool, place: Place) {
    let name = if place.is_alone() { "Fit".to_owned() } else { format!("Fit map {}", place.index + 1) };
    let button = Icon::Fit.button(ui, "Show the whole map. Double-click does so too.").accessible_name(name);
    if button.clicked() {
        *is_moved = false;
    }
}

/// What is drawn over the points.
fn layers_over(ui: &mut Ui, handling: &mut Handling) {
    let hint =
        "Show pictures among the points: of every image where there is room, else of one for each part of the map";
    if icon_toggle(ui, !handling.is_bare, Icon::Picture, "Pictures", hint).clicked() {
        handling.is_bare = !handling.is_bare;
    }
    let hint = "Lines from the picture under the pointer to those most like it at the layer looked at, wherever the map put \
                them";
    if icon_toggle(ui, handling.is_lined, Icon::Lines, "Lines", hint).clicked() {
        handling.is_lined = !handling.is_lined;
    }
}

/// One more map.
fn another(ui: &mut Ui, has_words: bool, session: &Session, actions: &mut Vec<Action>) {
    let can = session.opened.chosen.maps.can_add();
    let sign = if has_words { Button::new((Icon::Plus.small(), "Map")) } else { Button::new(Icon::Plus.small()) };
    let button = ui.add_enabled(can, sign);
    let hint = "Another map beside this one, with a layer, a method and colours of its own. What is selected on one is \
                selected on all.";
    let button = button.on_hover_text(hint).on_disabled_hover_text("There is no room for more maps than these");
    if button.accessible_name("Another map beside").clicked() {
        actions.push(Choose::Map(ChooseMap::Add).into());
    }
}

/// One map less.
fn close(ui: &mut Ui, map: &MapChoice, place: Place, actions: &mut Vec<Action>) {
    let name = format!("Close map {}", place.index + 1);
    let button = Icon::Close.button(ui, "Close this map; the others stay").accessible_name(name);
    if button.clicked() {
        actions.push(Choose::Map(ChooseMap::Close(map.number)).into());
    }
}

/// The layer that the map is of: that of everything else, or always this one.
fn layer(ui: &mut Ui, map: &MapChoice, place: Place, session: &Session, actions: &mut Vec<Action>) {
    let opened = &session.opened;
    let Some(collection) = session.collection() else { return };
    let titles = &opened.layer_titles;
    let here = titles.name(opened.chosen.layer);
    let shown = opened.layer_of_map(map).map_or("", |layer| titles.of_name(layer));
    let combo = ComboBox::from_id_salt("map layer").selected_text(shown).width(118.0).height(420.0).truncate();
    let shown = combo.show_ui(ui, |ui| {
        let follows = format!("{here}, the layer looked at");
        let hint = "Whatever layer is looked at, this map is of it";
        if ui.selectable_label(map.layer.is_none(), follows).on_hover_text(hint).clicked() {
            actions.push(Choose::Map(ChooseMap::Layer(map.number, None)).into());
        }
        ui.separator();
        for layer in &collection.layers {
            let is_stored = collection
                .stored
                .iter()
                .any(|stored| stored.layer == layer.name && stored.pooling == opened.chosen.pooling);
            let is_it = map.layer.as_deref() == Some(layer.name.as_str());
            let entry = ui.add_enabled(is_stored, Button::selectable(is_it, titles.of_name(&layer.name)));
            if entry.on_disabled_hover_text("Its vectors are not stored").clicked() {
                actions.push(Choose::Map(ChooseMap::Layer(map.number, Some(layer.name.clone()))).into());
            }
        }
    });
    let hint = match map.layer {
        Some(_) => "The layer that this map is of, whatever layer is looked at",
        None => "This map is of the layer looked at",
    };
    shown.response.on_hover_text(hint).accessible_name(format!("{} layer", place.name()));
}

/// How what is drawn is made, and how what comes in its place will be: `UMAP`, or `PCA, then UMAP` while that is being made.
fn method_in_words(map: &MapChoice, session: &Session) -> (ProjectionMethod, String) {
    let opened = &session.opened;
    let source = opened.source_of_map(map);
    let drawn = opened.projection_of(map.number).filter(|drawn| Some(&drawn.wish.source) == source.as_ref());
    let drawn = drawn.map_or(map.method, |drawn| drawn.wish.method);
    match opened.asked_of(map.number).filter(|_| drawn != map.method) {
        // What the program began stays to be seen until it comes; what a person chose takes its place at once.
        Some(_) if map.method_by == MethodBy::Program => {
            (map.method, format!("{}, then {}", drawn.title(), map.method.title()))
        }
        Some(_) => (map.method, map.method.title().to_owned()),
        // If it is another one, that was stopped or failed: what was there before is what is seen.
        None => (drawn, drawn.title().to_owned()),
    }
}

/// How the map is made, and a way to stop that.
fn method(ui: &mut Ui, map: &MapChoice, place: Place, session: &Session, actions: &mut Vec<Action>) {
    let (is_made, text) = method_in_words(map, session);
    let combo = ComboBox::from_id_salt("map method").selected_text(text).width(64.0);
    let shown = combo.show_ui(ui, |ui| {
        for method in ProjectionMethod::ALL {
            if ui.selectable_label(is_made == method, method.title()).on_hover_text(method.hint()).clicked() {
                actions.push(Choose::Map(ChooseMap::Method(map.number, method)).into());
            }
        }
    });
    let of_each = ProjectionMethod::ALL.map(|method| format!("{}: {}.", method.title(), method.hint()));
    let hint = format!(
        "{} How far each can be believed is told by 15 neighbours by cosine; PCA goes by the vectors as they are, lengths \
         and all.",
        of_each.join(" ")
    );
    shown.response.on_hover_text(hint).accessible_name(format!("{} method", place.name()));
    // Of several maps it stands beside those that are waited for.
    let is_at_it = place.is_alone() || session.opened.asked_of(map.number).is_some();
    let analyses = &session.opened.analyses;
    let running = analyses.of(AnalysisKind::Map).or_else(|| analyses.of(AnalysisKind::Placing));
    if let Some(running) = running.filter(|_| is_at_it) {
        // A sign alone, so that the row need not be wrapped, and the map moved, while one is made.
        let stop = Icon::Stop.button(ui, "Stop where it is").accessible_name("Stop");
        if stop.clicked() {
            actions.push(Analyse::Stop(running.number).into());
        }
    }
}

fn colouring(ui: &mut Ui, map: &MapChoice, place: Place, judges: bool, session: &Session, actions: &mut Vec<Action>) {
    let word = |colouring: Colouring| COLOURINGS.iter().find(|(c, _)| *c == colouring).map_or("", |(_, word)| word);
    let chosen = map.colouring;
    let choose = |colouring| Choose::Map(ChooseMap::Colouring(map.number, colouring)).into();
    let combo = ComboBox::from_id_salt("map colouring").selected_text(word(chosen)).width(96.0).height(500.0);
    let to_cluster = session.opened.clusters_to_show();
    let shown = combo.show_ui(ui, |ui| {
        for (colouring, word) in COLOURINGS {
            if let Colouring::Centrality(by) = colouring {
                if centrality::show_entry(ui, session, by, Button::selectable(chosen == colouring, word), actions) {
                    actions.push(choose(colouring));
                }
                continue;
            }
            let (can, why_not) = match colouring {
                Colouring::Faithfulness => {
                    (judges, "Counted when a map is finished, unless it is by PCA or was measured by a sample")
                }
                Colouring::Channel => (
                    session.opened.chosen.channel.is_some() && session.source().is_some(),
                    "Enlarge a channel in the activations first, at a layer whose vectors are stored",
                ),
                Colouring::Tag => (session.opened.tags.words().next().is_some(), "No image has a tag yet"),
                Colouring::Split => {
                    (!session.opened.splits.images.is_empty(), "No splits, such as train, were imported")
                }
                Colouring::Cluster => (
                    session.opened.clustering.is_some()
                        || to_cluster.is_some()
                        || session.opened.is_at(AnalysisKind::Clusters),
                    "There are no clusters yet, and no image has vectors to find some",
                ),
                Colouring::Label
                | Colouring::Plain
                | Colouring::Similarity
                | Colouring::Column(_)
                | Colouring::Centrality(_) => (true, ""),
            };
            let entry = ui.add_enabled(can, Button::selectable(chosen == colouring, word));
            let clusters = to_cluster.clone().filter(|_| colouring == Colouring::Cluster);
            let hint = match &clusters {
                Some(_) => format!("{}. There are none yet: they are found when you choose this.", about(colouring)),
                None => about(colouring).to_owned(),
            };
            let entry = entry.on_hover_text(hint).on_disabled_hover_text(why_not);
            if entry.clicked() {
                actions.extend(clusters.map(Action::from));
                actions.push(choose(colouring));
            }
        }
    });
    shown
        .response
        .on_hover_text("What the points are coloured by")
        .accessible_name(format!("{} colouring", place.name()));
}

/// What a colouring shows, in a sentence.
fn about(colouring: Colouring) -> &'static str {
    match colouring {
        Colouring::Label => "A colour for each label: the name of the folder, or what was imported",
        Colouring::Cluster => "A colour for each group of the clustering that is shown",
        Colouring::Tag => "A colour for each word that you gave to images",
        Colouring::Split => "A colour for each part of the data set, such as train, as it was imported",
        Colouring::Similarity => {
            "The nearer to the picture that is looked at, the brighter; only its neighbours have a colour"
        }
        Colouring::Faithfulness => {
            "How many of its true neighbours the map keeps beside an image: where they are lost, the map cannot be believed"
        }
        // These have a sentence of their own.
        Colouring::Centrality(_) => "",
        Colouring::Column(ImageColumn::Pixels) => "By how many pixels a picture has",
        Colouring::Column(ImageColumn::Width) => "By how wide a picture is, in pixels",
        Colouring::Column(ImageColumn::Height) => "By how high a picture is, in pixels",
        Colouring::Column(ImageColumn::Shape) => "From upright to wide",
        Colouring::Column(ImageColumn::FileBytes) => "By how many bytes the file has",
        Colouring::Column(ImageColumn::Modified) => "From the oldest file to the newest",
        Colouring::Channel => "By how much an image excites the enlarged channel",
        Colouring::Plain => "No colours: where many images lie is seen best",
    }
}
