//! The icons of the window: signs of one set, so that they are of one weight, drawn in the colour of the words beside them.
//!
//! They are no text: what a button is called, for screen readers and in tests, is what it says or is named, with an icon or without.
//! `assets/icons/make.py` makes the fonts from this list.

use eframe::egui::epaint::TextShape;
use eframe::egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use eframe::egui::{
    self, Align2, Atom, Button, Color32, FontData, FontFamily, FontId, Painter, Pos2, Response, Ui, Vec2,
};

use crate::session::Place;

/// Side of an icon beside words, in points.
const BESIDE_WORDS: f32 = 15.0;
/// Side of one that stands alone on a button.
const ALONE: f32 = 16.0;
/// Side of one beside small words.
const BESIDE_SMALL: f32 = 12.0;

/// The names of the fonts: of outlines, and of filled signs.
const FONTS: [&str; 2] = ["icons", "icons, filled"];

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Icon {
    /// Pictures beside each other.
    Explore,
    /// An eye.
    LookInside,
    /// Things of a kind.
    Groups,
    /// A list, ticked off.
    Check,
    /// Where one was before.
    Back,
    /// Where one came back from.
    Forward,
    /// The one before.
    Previous,
    /// The one after.
    Next,
    /// To be looked for.
    Search,
    /// What lets some through.
    Query,
    /// The label of an image.
    Label,
    /// A word that a person gave.
    Tag,
    /// More, for.
    Plus,
    /// Less, against.
    Minus,
    /// Why?
    Why,
    /// Away with it.
    Close,
    /// More to do.
    More,
    /// To be selected.
    Select,
    /// To be found again.
    Save,
    /// What is not selected, instead.
    Invert,
    /// Nothing.
    Clear,
    /// Take it back.
    Undo,
    /// Do it again.
    Redo,
    /// What leaves.
    Export,
    /// What can be set.
    Settings,
    /// What is being done.
    Jobs,
    /// Something went wrong.
    Warning,
    /// No more.
    Stop,
    /// All the room.
    Maximise,
    /// The room of before.
    Restore,
    /// What stands at the side.
    Sidebar,
    /// To be moved.
    Move,
    /// A loop.
    Lasso,
    /// A rectangle.
    Rectangle,
    /// A broad stroke.
    Brush,
    /// The whole.
    Fit,
    /// A picture.
    Picture,
    /// Points joined by lines.
    Lines,
    /// Pictures like each other.
    Similar,
    /// It stays.
    Hold,
    /// Two beside each other.
    Compare,
    /// A folder.
    Folder,
    /// Elsewhere.
    Open,
    /// Once more.
    Copy,
    /// Another name.
    Rename,
    /// It should leave.
    Remove,
    /// It is right as it is.
    Dismiss,
    /// Rows and columns.
    Table,
    /// A map.
    Map,
    /// Into groups.
    Group,
    /// To be found.
    Find,
}

impl Icon {
    /// All of them.
    pub const ALL: [Self; 51] = [
        Self::Explore,
        Self::LookInside,
        Self::Groups,
        Self::Check,
        Self::Back,
        Self::Forward,
        Self::Previous,
        Self::Next,
        Self::Search,
        Self::Query,
        Self::Label,
        Self::Tag,
        Self::Plus,
        Self::Minus,
        Self::Why,
        Self::Close,
        Self::More,
        Self::Select,
        Self::Save,
        Self::Invert,
        Self::Clear,
        Self::Undo,
        Self::Redo,
        Self::Export,
        Self::Settings,
        Self::Jobs,
        Self::Warning,
        Self::Stop,
        Self::Maximise,
        Self::Restore,
        Self::Sidebar,
        Self::Move,
        Self::Lasso,
        Self::Rectangle,
        Self::Brush,
        Self::Fit,
        Self::Picture,
        Self::Lines,
        Self::Similar,
        Self::Hold,
        Self::Compare,
        Self::Folder,
        Self::Open,
        Self::Copy,
        Self::Rename,
        Self::Remove,
        Self::Dismiss,
        Self::Table,
        Self::Map,
        Self::Group,
        Self::Find,
    ];

    /// Those that are there as filled signs, too: of what one of several is.
    pub const FILLED: [Self; 5] = [Self::Explore, Self::LookInside, Self::Groups, Self::Check, Self::Sidebar];

    /// That of a place.
    pub fn of_place(place: Place) -> Self {
        match place {
            Place::Explore => Self::Explore,
            Place::LookInside => Self::LookInside,
            Place::Groups => Self::Groups,
            Place::Check => Self::Check,
        }
    }

    /// Where it stands in the fonts, and what the set calls it.
    fn in_set(self) -> (char, &'static str) {
        match self {
            Self::Explore => ('\u{e464}', "squares-four"),
            Self::LookInside => ('\u{e220}', "eye"),
            Self::Groups => ('\u{e192}', "circles-three"),
            Self::Check => ('\u{e186}', "check-square"),
            Self::Back => ('\u{e058}', "arrow-left"),
            Self::Forward => ('\u{e06c}', "arrow-right"),
            Self::Previous => ('\u{e138}', "caret-left"),
            Self::Next => ('\u{e13a}', "caret-right"),
            Self::Search => ('\u{e30c}', "magnifying-glass"),
            Self::Query => ('\u{e266}', "funnel"),
            Self::Label => ('\u{e47a}', "tag-simple"),
            Self::Tag => ('\u{e478}', "tag"),
            Self::Plus => ('\u{e3d4}', "plus"),
            Self::Minus => ('\u{e32a}', "minus"),
            Self::Why => ('\u{e3e8}', "question"),
            Self::Close => ('\u{e4f6}', "x"),
            Self::More => ('\u{e1fe}', "dots-three"),
            Self::Select => ('\u{e188}', "check-square-offset"),
            Self::Save => ('\u{e0ea}', "bookmark-simple"),
            Self::Invert => ('\u{e744}', "selection-inverse"),
            Self::Clear => ('\u{e21e}', "eraser"),
            Self::Undo => ('\u{e038}', "arrow-counter-clockwise"),
            Self::Redo => ('\u{e036}', "arrow-clockwise"),
            Self::Export => ('\u{eaf0}', "export"),
            Self::Settings => ('\u{e272}', "gear-six"),
            Self::Jobs => ('\u{e000}', "pulse"),
            Self::Warning => ('\u{e4e0}', "warning"),
            Self::Stop => ('\u{e46c}', "stop"),
            Self::Maximise => ('\u{e1d0}', "corners-out"),
            Self::Restore => ('\u{e1ce}', "corners-in"),
            Self::Sidebar => ('\u{ec24}', "sidebar-simple"),
            Self::Move => ('\u{e298}', "hand"),
            Self::Lasso => ('\u{edc6}', "lasso"),
            Self::Rectangle => ('\u{e69a}', "selection"),
            Self::Brush => ('\u{e6f0}', "paint-brush"),
            Self::Fit => ('\u{e626}', "frame-corners"),
            Self::Picture => ('\u{e2ca}', "image"),
            Self::Lines => ('\u{e6d4}', "line-segments"),
            Self::Similar => ('\u{e836}', "images"),
            Self::Hold => ('\u{e3e2}', "push-pin"),
            Self::Compare => ('\u{e546}', "columns"),
            Self::Folder => ('\u{e256}', "folder-open"),
            Self::Open => ('\u{e5de}', "arrow-square-out"),
            Self::Copy => ('\u{e1ca}', "copy"),
            Self::Rename => ('\u{e3b4}', "pencil-simple"),
            Self::Remove => ('\u{e4a6}', "trash"),
            Self::Dismiss => ('\u{e182}', "check"),
            Self::Table => ('\u{e476}', "table"),
            Self::Map => ('\u{e31a}', "map-trifold"),
            Self::Group => ('\u{e190}', "circles-four"),
            Self::Find => ('\u{ea64}', "binoculars"),
        }
    }

    /// Its character in the fonts.
    pub fn glyph(self) -> char {
        self.in_set().0
    }

    /// To stand before the words of a button.
    pub fn atom<'a>(self) -> Atom<'a> {
        self.sized(BESIDE_WORDS)
    }

    /// To stand before small words, or alone on a small button.
    pub fn small<'a>(self) -> Atom<'a> {
        self.sized(BESIDE_SMALL)
    }

    /// So many points wide and high.
    pub fn sized<'a>(self, side: f32) -> Atom<'a> {
        Atom::paint(Vec2::splat(side), move |ui, args| {
            self.paint(ui.painter(), args.rect.center(), side, args.fallback_text_color);
        })
    }

    /// Draws its outlines around `centre`.
    pub fn paint(self, painter: &Painter, centre: Pos2, side: f32, colour: Color32) {
        self.paint_in(painter, FONTS[0], centre, side, colour);
    }

    /// Draws it filled around `centre`; its outlines, if it is not among [`Icon::FILLED`].
    pub fn paint_filled(self, painter: &Painter, centre: Pos2, side: f32, colour: Color32) {
        let font = FONTS[usize::from(Self::FILLED.contains(&self))];
        self.paint_in(painter, font, centre, side, colour);
    }

    fn paint_in(self, painter: &Painter, font: &str, centre: Pos2, side: f32, colour: Color32) {
        let font = FontId::new(side, FontFamily::Name(font.into()));
        if self == Self::Sidebar {
            // That of the set is at the left, ours at the right: turned by half.
            let galley = painter.layout_no_wrap(self.glyph().to_string(), font, colour);
            let end = centre + galley.size() * 0.5;
            painter.add(TextShape::new(end, galley, colour).with_angle(std::f32::consts::PI));
            return;
        }
        painter.text(centre, Align2::CENTER_CENTER, self.glyph(), font, colour);
    }

    /// A button with nothing else on it, and what it is called.
    pub fn button(self, ui: &mut Ui, name: &str) -> Response {
        self.button_if(ui, true, name)
    }

    /// The same, if it can be used.
    pub fn button_if(self, ui: &mut Ui, is_enabled: bool, name: &str) -> Response {
        ui.spacing_mut().button_padding.x -= 4.0;
        let response = ui.add_enabled(is_enabled, Button::new(self.sized(ALONE)));
        ui.spacing_mut().button_padding.x += 4.0;
        response.on_hover_text(name).on_disabled_hover_text(name).accessible_name(name)
    }

    /// A small one, which stands in a row of small words.
    pub fn small_button(self, ui: &mut Ui, name: &str) -> Response {
        let button = Button::new(self.small()).small().min_size(Vec2::splat(20.0));
        ui.add(button).on_hover_text(name).accessible_name(name)
    }
}

/// Makes them known to `ctx`, which must be before the first of them is drawn.
pub fn install(ctx: &egui::Context) {
    let outlines: &[u8] = include_bytes!("../../assets/icons/phosphor.ttf");
    let filled: &[u8] = include_bytes!("../../assets/icons/phosphor-fill.ttf");
    for (name, font) in FONTS.into_iter().zip([outlines, filled]) {
        let family = InsertFontFamily { family: FontFamily::Name(name.into()), priority: FontPriority::Highest };
        ctx.add_font(FontInsert::new(name, FontData::from_static(font), vec![family]));
    }
}
