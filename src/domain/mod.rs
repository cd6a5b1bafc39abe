//! The nouns of Tiramisu: what a person sees and chooses, as plain data.
//!
//! Nothing here reads a file, touches a GPU or draws. Every other room speaks in these words.

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod annotation;
pub mod centrality;
pub mod channel_value;
pub mod class_names;
pub mod class_origin;
pub mod class_score;
pub mod clustering;
pub mod dataset_options;
pub mod decision;
pub mod distribution;
pub mod duplicates;
pub mod exemplar;
pub mod export_format;
pub mod file_ending;
pub mod filter;
pub mod footprint;
pub mod frame_times;
pub mod graph_format;
pub mod grouping;
pub mod handwork;
pub mod image;
pub mod image_box;
pub mod image_column;
pub mod image_facts;
pub mod image_group;
pub mod image_order;
pub mod image_records;
pub mod image_set;
pub mod imported_labels;
pub mod in_words;
pub mod index;
pub mod index_maintenance;
pub mod index_plan;
pub mod label_palette;
pub mod layer;
pub mod layer_titles;
pub mod matrix;
pub mod metric;
pub mod neighbour;
pub mod neighbour_wish;
pub mod numbers;
pub mod odd_pictures;
pub mod ordering;
pub mod outliers;
pub mod picture_piece;
pub mod precision;
pub mod predicate;
pub mod projection;
pub mod recipe;
pub mod region;
pub mod resizing;
pub mod splits;
pub mod spreadsheet;
pub mod storage;
pub mod stored_activations;
pub mod strategy;
pub mod suspicious_labels;
pub mod table_column;
pub mod tags;
pub mod tally;
pub mod touched;
pub mod vectors;
pub mod version;
pub mod window_bench;

pub use annotation::{
    AnnotatedBox, Annotation, AnnotationFormat, Annotations, ColumnNames, Remarks, split_in_name, split_of_word,
};
pub use centrality::{Centrality, CentralityReport, CentralityWish, GraphFacts, Standing};
pub use channel_value::{ChannelValue, strongest_channels};
pub use class_names::ClassNames;
pub use class_origin::{ClassChange, ClassOrigin, ClassesBy};
pub use class_score::{ClassScale, ClassScore};
pub use clustering::{Cluster, ClusterMethod, ClusterWish, Clustering, DistinguishingChannel, LabelAgreement};
pub use dataset_options::{DatasetOptions, FilePlacing};
pub use decision::{Decided, Decision};
pub use distribution::{Bin, ColumnValue, Distribution, DistributionWish, Spread, ValueCount};
pub use duplicates::{DuplicateGroup, DuplicateReason, DuplicateReport, DuplicateWish, Within, distance_in_words};
pub use exemplar::{ChannelShare, Exemplar, LayerExemplars, LayerStatistics, UnusualChannel};
pub use export_format::{ExportContent, ExportFormat, FileDescription, FormatDescription};
pub use file_ending::{NetworkEnding, is_network_name, is_picture_name};
pub use filter::{Filter, Sort};
pub use footprint::Footprint;
pub use frame_times::FrameTimes;
pub use graph_format::GraphFormat;
pub use grouping::{Count, Grouping};
pub use handwork::{HANDWORK_FORMAT, Handwork, HandworkTaken, NamedCluster};
pub use image::{ImageId, ImagePath, ImageRecord, ImageRef, PathRef};
pub use image_box::ImageBox;
pub use image_column::ImageColumn;
pub use image_facts::ImageFacts;
pub use image_group::ImageGroup;
pub use image_order::ImageOrder;
pub use image_records::{ImageRecords, RecordChanges};
pub use image_set::ImageSet;
pub use imported_labels::{ImportedLabel, ImportedLabels, ImportedName, LABEL_TAG_PREFIX};
pub use in_words::{counted, thousands};
pub use index::{IndexExtension, IndexKind, IndexRecord};
pub use index_maintenance::{IndexStep, next_step};
pub use index_plan::{DroppedIndex, IndexPlan, LayerToIndex, PlannedIndex};
pub use layer::{Layer, Pooling, StoredLayer};
pub use layer_titles::LayerTitles;
pub use matrix::Matrix;
pub use metric::Metric;
pub use neighbour::{Neighbour, score_in_digits, write_score, write_some_score};
pub use neighbour_wish::{Example, NeighbourWish, Representation};
pub use numbers::{LARGEST_HALF, LARGEST_IN_HALF, Numbers, NumbersRef, fits_half, single_in_words};
pub use odd_pictures::{OddKind, OddPicture, OddPictureReport, Oddity, PictureMeasures};
pub use ordering::{OrderBy, OrderWish};
pub use outliers::{OutlierReport, OutlierScore, OutlierWish};
pub use picture_piece::PicturePiece;
pub use precision::Precision;
pub use predicate::{Predicate, PredicateError};
pub use projection::{Faithfulness, Projection, ProjectionMethod, ProjectionWish, Trust};
pub use recipe::{RECIPE_FORM, Recipe, RecipeClusters, RecipeMap, RecipePictures};
pub use region::Region;
pub use resizing::{Decoding, Fit, Interpolation, Resizing};
pub use splits::Splits;
pub use storage::{
    Counted, IndexMaintenance, IndexStorage, Preference, RepresentationStorage, StorageLayout, StorageReport,
    TableStorage,
};
pub use stored_activations::{StoredActivations, activation_bytes};
pub use strategy::{GRAPH_RECALL, PAIRS_PRODUCTS, Strategy, StrategyChoice, Workload, choose};
pub use suspicious_labels::{LabelScore, SuspiciousLabel, SuspiciousLabelReport, SuspiciousLabelWish};
pub use table_column::{ColumnKind, ColumnOrder, TableColumn};
pub use tags::Tags;
pub use tally::{Tally, TallyWish};
pub use touched::images_touched;
pub use vectors::Vectors;
pub use version::{Restored, TableHistory, TableVersion, VersionComparison, VersionName, moment_in_words};
pub use window_bench::{ActionTimes, OpeningTimes, ResidentMemory, WindowBench};
