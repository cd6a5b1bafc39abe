//! Parts that several views are made of.

pub mod ask_with;
pub mod asked_menu;
pub mod beneath;
pub mod centrality;
pub mod channel_bar;
pub mod channel_crop;
pub mod choice;
pub mod class_bar;
pub mod download;
pub mod empty;
pub mod grid;
pub mod group_card;
pub mod hover;
pub mod innermost;
pub mod label_filter;
pub mod label_mix;
pub mod matrix_picture;
pub mod name_field;
pub mod old_labels;
pub mod on_picture;
pub mod ordering;
pub mod problem;
pub mod reason;
pub mod row_scroll;
pub mod tag_chip;
pub mod tag_dot;
pub mod tags_seen;
pub mod text;
pub mod tile;
pub mod usual_shape;

pub use beneath::Beneath;
pub use grid::GridLayout;
pub use hover::Hover;
pub use row_scroll::RowScroll;
pub use tile::{Tile, TileMarks};
pub use usual_shape::UsualShape;
