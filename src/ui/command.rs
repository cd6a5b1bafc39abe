//! What can be called by name, in one list: menus, shortcuts, the sheet of shortcuts and what texts say of keys are all made
//! from it. What a command does is in `ui/app/commands.rs`.

mod keys;
mod pressed;
mod row;

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use super::theme::ThemeChoice;
use super::views::Pane;
use crate::engine::{ExportFormat, NetworkFile};
use crate::session::{Phase, Place, Session};
use row::{ALT, COMMAND, COMMAND_SHIFT, Lacks, Row, commands};

pub use keys::{command_key, keys_in_words};
pub use pressed::Pressed;
pub use row::Section;

commands! {
    /// Ask for a folder and open it.
    OpenFolder => Row::named("Open folder…").keys(COMMAND, Key::O).stands_in(Section::Open);
    /// Open the program's own pictures.
    OpenSample => Row::named("Open the sample collection").stands_in(Section::Open);
    /// Show what the workspace costs, and its versions.
    Workspace => Row::named("Workspace…").stands_in(Section::Folder).if_so(is_open);
    /// Go back to the welcome view.
    CloseFolder => Row::named("Close folder").keys(COMMAND, Key::W).stands_in(Section::Folder).if_so(can_close);
    /// Bring in labels, splits and boxes that another program keeps of these pictures: COCO, YOLO, Pascal VOC, CSV, Hugging Face.
    Import => Row::named("Import labels and boxes…").stands_in(Section::Import).if_so(is_open)
        .also("annotations classes splits bounding coco yolo voc csv hugging face data set");
    /// Ask where, and export.
    Export(format: ExportFormat = ExportFormat::ALL) => export(format).stands_in(Section::Export);
    /// Move the selected pictures' files into folders, once you have seen what that does.
    MoveFiles => Row::named("Move files into folders…").stands_in(Section::Files).if_so(has_chosen);
    /// Make each box that was imported a picture of its own, in a folder of its own.
    CutOut => Row::named("Cut boxes out as pictures…").stands_in(Section::Files).if_so(is_open);
    /// Save how the features, maps and clusters of this folder were made, with every seed, so that they can be made again.
    SaveRecipe => Row::named("Save the recipe…").stands_in(Section::Files).if_so(is_open);
    /// Close the window.
    Quit => Row::named("Quit").keys(COMMAND, Key::Q).stands_in(Section::Quit);

    /// Take back the last choice.
    Undo => Row::named("Undo").keys(COMMAND, Key::Z).left_to_text().stands_in(Section::Undo).if_so(can_undo);
    /// Bring back the choice that was taken back.
    Redo => Row::named("Redo").keys(COMMAND_SHIFT, Key::Z).left_to_text().stands_in(Section::Undo).if_so(can_redo);
    /// List what was done, and go back to any of it.
    History => Row::named("History…").keys(COMMAND_SHIFT, Key::H).stands_in(Section::Undo).if_so(is_open);
    /// Select all that is shown.
    SelectAll =>
        Row::named("Select all").keys(COMMAND, Key::A).left_to_text().stands_in(Section::Select).if_so(shows_some);
    /// Select nothing.
    SelectNone =>
        Row::named("Select none").keys(COMMAND_SHIFT, Key::A).left_to_text().stands_in(Section::Select).if_so(has_chosen);
    /// Select what is shown and not selected.
    InvertSelection =>
        Row::named("Invert selection").keys(COMMAND, Key::I).stands_in(Section::Select).if_so(shows_some);
    /// Select all that is not selected, also what the filter hides.
    SelectOthers => Row::named("Select all the others").stands_in(Section::Select).if_so(shows_some);
    /// Show nothing but what is selected, in all views; or the others again, too.
    OnlySelected => Row::named("Show only the selected").keys(COMMAND_SHIFT, Key::F).stands_in(Section::Select)
        .if_so(can_narrow).also("filter by the selection hide the others isolate");
    /// Choose the colours of tags.
    TagColours => Row::named("Colours of tags…").stands_in(Section::Find).if_so(is_open);
    /// Put the cursor in the gallery's filter.
    Find => Row::named("Find in the gallery").keys(COMMAND, Key::F).stands_in(Section::Find).if_so(is_open);

    /// Change what is remembered: appearance, device, memory, the network of new folders.
    Settings => Row::named("Settings…").keys(COMMAND, Key::Comma).stands_in(Section::Settings)
        .also("preferences options size of everything colours of labels colour-blind device adapter precision memory cache");
    /// Draw the window in light or dark colours.
    Theme(choice: ThemeChoice = ThemeChoice::ALL) => Row::named(choice.title()).also("theme mode appearance settings");

    /// Use the built-in network.
    BuiltinNetwork => Row::named("Built-in network").stands_in(Section::OwnNetworks).used_if(is_builtin);
    /// Use the filters from formulas.
    AnalyticNetwork => Row::named("Analytic filters").stands_in(Section::OwnNetworks).used_if(is_analytic);
    /// List all networks, to get and use them.
    Networks => Row::named("Networks…").keys(COMMAND_SHIFT, Key::N).stands_in(Section::Networks);
    /// Ask for a network's file and use it.
    LoadNetwork => Row::named("Load a network file…").stands_in(Section::Networks);
    /// Choose which layers are stored.
    ChooseLayers => Row::named("Stored layers…").stands_in(Section::Extraction).if_so(is_open);
    /// Extract what is missing.
    Extract => Row::named("Extract what is missing").stands_in(Section::Extraction).if_so(can_extract);
    /// Stop extracting; what is done is kept.
    Cancel => Row::named("Stop extracting").stands_in(Section::Extraction).if_so(extracts);

    /// Look at every image for neighbours, or ask an index again.
    AskExactly => Row::named("Turn exact neighbour search on or off").keys(COMMAND_SHIFT, Key::E);
    /// Show a row of neighbours for each depth, or those at one.
    EveryDepth => Row::named("Neighbours at every depth, or at one").keys(COMMAND, Key::D).stands_in(Section::Picture).if_so(is_open);
    /// Look for what is like the picture under the pointer, or like the selection.
    MoreLike => Row::named("More like this").keys(ALT, Key::Plus).stands_in(Section::Picture).if_so(has_example);
    /// Look for what is less like the picture under the pointer, or less like the selection.
    LessLike => Row::named("Less like this").keys(ALT, Key::Minus).stands_in(Section::Picture).if_so(has_example);
    /// Look at the next layer.
    NextLayer => Row::named("Next layer").keys(COMMAND, Key::CloseBracket).stands_in(Section::LayerAfter).if_so(is_open);
    /// Look at the previous layer.
    PreviousLayer =>
        Row::named("Previous layer").keys(COMMAND, Key::OpenBracket).stands_in(Section::LayerBefore).if_so(is_open);
    /// Show the picture that is looked at at its own resolution, or go back to the views.
    ViewPicture =>
        Row::named("Picture at full size").keys(COMMAND, Key::Enter).stands_in(Section::Picture).if_so(shows_some);
    /// Show what can be done with the current picture: similar ones, its file, its tags.
    PictureMenu => Row::named("Menu of this picture").keys(Modifiers::SHIFT, Key::F10)
        .stands_in(Section::Picture).if_so(shows_some);
    /// Look inside the current picture, layer by layer.
    LookInside =>
        Row::named("Look inside this picture").keys(ALT, Key::Enter).stands_in(Section::Picture).if_so(shows_some);
    /// Go to a place.
    GoTo(place: Place = Place::ALL) => to_place(place).stands_in(Section::Places).if_so(is_open);
    /// Go back to where you were: place, picture, layer and question.
    GoBack =>
        Row::named("Go back").keys(ALT, Key::ArrowLeft).left_to_text().stands_in(Section::Ways).if_so(can_go_back);
    /// Go again to where you came back from.
    GoForward => Row::named("Go forward")
        .keys(ALT, Key::ArrowRight).left_to_text().stands_in(Section::Ways).if_so(can_go_forward);
    /// Bring a view to the front.
    Show(pane: Pane = views_by_key()) => to_view(pane);
    /// Give all the room to the view in front, or show the others again.
    Maximise => Row::named("Maximise the view").keys(COMMAND_SHIFT, Key::Enter).stands_in(Section::Arrangement).if_so(is_open);
    /// Show or hide what is known of the current picture.
    Inspector => Row::named("Inspector").keys(COMMAND_SHIFT, Key::I).stands_in(Section::Arrangement).if_so(is_open);
    /// Arrange this place as on the first day.
    ResetLayout => Row::named("Reset the layout").stands_in(Section::Arrangement);
    /// Show all views at once in this place.
    AllViews => Row::named("All views at once").stands_in(Section::Arrangement).if_so(is_open);
    /// Show everything larger.
    ZoomIn => Row::named("Zoom in").keys_of_egui(COMMAND, Key::Plus).stands_in(Section::Zoom);
    /// Show everything smaller.
    ZoomOut => Row::named("Zoom out").keys_of_egui(COMMAND, Key::Minus).stands_in(Section::Zoom);
    /// Show everything at its own size.
    ZoomReset => Row::named("Actual size").keys_of_egui(COMMAND, Key::Num0).stands_in(Section::Zoom);

    /// Find a command or a layer by typing some of its name.
    Palette => Row::named("Commands…").keys(COMMAND, Key::P).stands_in(Section::Help);
    /// List what runs, with a button to stop each, and what went wrong.
    Jobs => Row::named("Jobs and problems").keys(COMMAND, Key::J).stands_in(Section::Help);
    /// Show in five steps what to look at; without a folder, in the sample collection.
    Tour => Row::named("Tour").stands_in(Section::Help);
    /// List the shortcuts.
    Shortcuts => Row::named("Keyboard shortcuts").keys(Modifiers::NONE, Key::F1).stands_in(Section::Help);
    /// Show or hide what frames cost, what waits and what is held in memory.
    Performance => Row::named("Performance").keys(Modifiers::NONE, Key::F12).stands_in(Section::Help);
    /// Say what this program is.
    About => Row::named("About Tiramisu").stands_in(Section::Help);
}

/// The row of an export. Only the one that programs for tables read has keys.
fn export(format: ExportFormat) -> Row {
    let row = Row::named(format.description().command);
    let row = if format == ExportFormat::Csv { row.keys(COMMAND, Key::E) } else { row };
    row.if_so(if format.is_of_map() { has_map } else { can_export })
}

/// The row of going to a view.
fn to_view(pane: Pane) -> Row {
    let row = Row::named(pane.go_to());
    match pane.key() {
        Some(key) => row.keys(ALT, key),
        None => row,
    }
}

/// The row of going to a place.
fn to_place(place: Place) -> Row {
    let key = match place {
        Place::Explore => Key::Num1,
        Place::LookInside => Key::Num2,
        Place::Groups => Key::Num3,
        Place::Check => Key::Num4,
    };
    Row::named(place.name()).keys(COMMAND, key)
}

/// The views as their keys lie beside each other.
fn views_by_key() -> [Pane; Pane::ALL.len()] {
    let mut views = Pane::ALL;
    views.sort_by_key(|pane| pane.key());
    views
}

/// `None` if it is so, and else what to do.
fn unless(is_so: bool, what_to_do: &'static str) -> Lacks {
    (!is_so).then_some(what_to_do)
}

fn is_open(now: &Session) -> Lacks {
    unless(now.collection().is_some(), "Open a folder first")
}

fn can_close(now: &Session) -> Lacks {
    unless(!matches!(now.opened.phase, Phase::Welcome), "No folder is open")
}

fn can_export(now: &Session) -> Lacks {
    is_open(now).or(unless(now.opened.usually_taken().is_some(), "There are no pictures yet"))
}

fn has_map(now: &Session) -> Lacks {
    can_export(now).or(unless(now.opened.projection().is_some(), "Make a map first"))
}

fn can_extract(now: &Session) -> Lacks {
    is_open(now).or(unless(!now.is_busy(), "Features are being extracted already"))
}

fn extracts(now: &Session) -> Lacks {
    unless(now.is_busy(), "Nothing is being extracted")
}

fn is_builtin(now: &Session) -> bool {
    now.lasting.network == NetworkFile::Builtin
}

fn is_analytic(now: &Session) -> bool {
    now.lasting.network == NetworkFile::Analytic
}

fn can_undo(now: &Session) -> Lacks {
    unless(now.opened.history.can_undo(), "Nothing was chosen yet")
}

fn can_redo(now: &Session) -> Lacks {
    unless(now.opened.history.can_redo(), "Nothing was undone")
}

fn can_go_back(now: &Session) -> Lacks {
    unless(now.can_go_back(), "You have been nowhere else yet")
}

fn can_go_forward(now: &Session) -> Lacks {
    unless(now.can_go_forward(), "You have not gone back")
}

fn shows_some(now: &Session) -> Lacks {
    is_open(now).or(unless(!now.opened.shown.is_empty(), "No pictures are shown"))
}

fn has_example(now: &Session) -> Lacks {
    has_chosen(now).and(unless(now.opened.hovered.is_some(), "Point at a picture, or select some"))
}

/// What is to be done before something is done with a selection.
const SELECT_FIRST: &str = "Select pictures first";

fn has_chosen(now: &Session) -> Lacks {
    unless(!now.opened.chosen.selection.is_empty(), SELECT_FIRST)
}

fn can_narrow(now: &Session) -> Lacks {
    has_chosen(now).and(unless(now.opened.chosen.filter.only.is_some(), SELECT_FIRST))
}

impl Command {
    /// The name shown to the person.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The keys that call it.
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        self.row().keys
    }

    /// Where it stands in the menus, if it does.
    pub fn section(self) -> Option<Section> {
        self.row().section
    }

    /// Whether it changes what lies behind a dialog, unseen: what is selected, and what was chosen before.
    pub fn is_dead_behind_dialogs(self) -> bool {
        matches!(self.section(), Some(Section::Select)) || matches!(self, Self::Undo | Self::Redo)
    }

    /// Whether the menus let it be chosen.
    pub fn is_enabled(self, session: &Session) -> bool {
        self.lacks(session).is_none()
    }

    /// What to do before the menus let it be chosen; `None` if they do.
    pub fn lacks(self, session: &Session) -> Option<&'static str> {
        (self.row().lacks)(session)
    }

    /// What it takes, if it takes pictures away or moves them: `12 selected`.
    pub fn takes(self, session: &Session) -> Option<String> {
        if let Self::Export(_) = self {
            return session.opened.usually_taken_in_words();
        }
        session.opened.selection_in_words().filter(|_| self == Self::MoveFiles)
    }

    /// Other words by which it is found.
    pub fn also(self) -> &'static str {
        self.row().also
    }

    /// Whether it is what is used now, if it is one of several of which one is.
    pub fn is_used(self, session: &Session) -> Option<bool> {
        self.row().is_used.map(|is_used| is_used(session))
    }

    /// Those with a shortcut, and that, in the order of the list.
    pub fn with_shortcut() -> impl Iterator<Item = (Command, KeyboardShortcut)> {
        Self::all().into_iter().filter_map(|command| Some((command, command.shortcut()?)))
    }

    /// `hint` with the keys that call this, if any do: `Look at every image (Ctrl+Shift+E)`.
    pub fn with_keys(self, hint: &str) -> String {
        match self.shortcut() {
            Some(keys) => format!("{hint} ({})", keys_in_words(&keys)),
            None => hint.to_owned(),
        }
    }
}
