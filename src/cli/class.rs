//! `tiramisu class FOLDER ...`

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args as ClapArgs, Subcommand};
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_KEPT};
use super::csv_table::write_guarded;
use super::opening::Opening;
use super::parsers::one_of;
use super::{Console, Interrupted, Misuse, Outcome, collection, query};
use crate::domain::{
    ClassChange, ClassOrigin, ClassesBy, Metric, StrategyChoice, counted, write_score, write_some_score,
};
use crate::engine::class_files::{self, ClassFiles};
use crate::engine::{AnalysisWish, ClassMeans, ClassWish, arithmetic};

/// Compares classes by their vectors: the mean of a class's images at every stored layer, each layer brought to length 1.
/// A class is a label, a tag, a cluster, or what a predicate lets through. They are stored in the workspace as
/// `classes_NETWORK.lance`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu class ~/Pictures list
  tiramisu class ~/Pictures nearest cats
  tiramisu class ~/Pictures list --by tag --by cluster:kmeans_20
  tiramisu class ~/Pictures add \"big cats\" --where \"label = 'cats' and width > 2000\"
  tiramisu class ~/Pictures arithmetic \"wolves - forest\"     for exploration: its authors withdrew their first interpretation
  tiramisu class ~/Pictures distances --metric euclidean > distances.csv
  tiramisu class ~/Pictures export ./vectors                  CLASS.ivf for each, and layers.cfg")]
pub struct ClassArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// What to do with them
    #[command(subcommand)]
    verb: ClassVerb,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// What makes a class: label, tag, cluster (where there is one clustering) or cluster:NAME; may be given several
    /// times. Classes that you added are always included [default: label]
    #[arg(long, value_name = "WHAT", value_parser = classes_by, global = true)]
    by: Vec<ClassesBy>,
    /// Layers to take [default: all that are stored]
    #[arg(long, value_name = "NAME", global = true)]
    layer: Vec<String>,
    /// How near two classes are
    #[arg(long, default_value = "cosine", value_parser = one_of(Metric::ALL, Metric::word), global = true)]
    metric: Metric,
    /// Count only activations at least this many standard deviations above their mean
    #[arg(long, value_name = "NUMBER", global = true, allow_negative_numbers = true)]
    deviations: Option<f64>,
    /// Do not bring each layer to length 1
    #[arg(long, global = true)]
    raw: bool,
    /// How many to list
    #[arg(short, long = "count", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    k: u32,
    /// Answer with one JSON document
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum ClassVerb {
    /// The classes, how many images each has, and the nearest other one
    List,
    /// Add a class of the images for which a predicate is true; it is evaluated anew for every comparison
    Add {
        /// What to call it
        name: String,
        /// What must be true, as in `tiramisu query`
        #[arg(long = "where", value_name = "PREDICATE")]
        predicate: String,
    },
    /// Remove a class that you added
    Remove {
        /// What it is called
        name: String,
    },
    /// Distances between all of them, as a table
    Distances,
    /// The classes nearest to one
    Nearest {
        /// A class
        class: String,
    },
    /// The classes nearest to a sum or difference of classes, without these: `a - b`, `a + b - c`. From left to right; a
    /// difference is 0 where it would be negative, so `a - b` is what `a` has more of
    Arithmetic {
        /// Classes joined by plus or minus signs with spaces around them
        expression: String,
    },
    /// Write CLASS.ivf for each class and layers.cfg into a folder
    Export {
        /// The folder; it is made if it is missing
        to: PathBuf,
        /// Replace files that exist
        #[arg(long)]
        overwrite: bool,
    },
    /// The classes nearest to a vector from a file
    Import {
        /// The vector
        ivf: PathBuf,
        /// The layers it is over
        cfg: PathBuf,
    },
}

#[derive(Serialize)]
struct ListRow<'a> {
    class: &'a str,
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<&'a str>,
    images: usize,
    nearest: Option<&'a str>,
    #[serde(serialize_with = "write_some_score")]
    score: Option<f64>,
}

#[derive(Serialize)]
struct NearRow<'a> {
    class: &'a str,
    by: &'static str,
    images: usize,
    #[serde(serialize_with = "write_score")]
    score: f64,
}

#[derive(Serialize)]
struct NearAnswer<'a> {
    probe: &'a str,
    metric: Metric,
    features: usize,
    table: &'a str,
    choice: &'a StrategyChoice,
    nearest: Vec<NearRow<'a>>,
}

impl Arguments for ClassArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        NOTHING_KEPT
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When nothing was extracted yet, there are no classes, or one is not known.
fn run(args: &ClassArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    if let ClassVerb::Add { predicate, .. } = &args.verb {
        query::expect_predicate(predicate)?;
    }
    let mut listener = collection::open_to_ask(&args.folder, &args.opening, None, console)?;
    let change = match &args.verb {
        ClassVerb::Add { name, predicate } => {
            let origin = ClassOrigin::Where(predicate.clone());
            Some(ClassChange::Add { name: name.clone(), origin })
        }
        ClassVerb::Remove { name } => Some(ClassChange::Remove(name.clone())),
        ClassVerb::List
        | ClassVerb::Distances
        | ClassVerb::Nearest { .. }
        | ClassVerb::Arithmetic { .. }
        | ClassVerb::Export { .. }
        | ClassVerb::Import { .. } => None,
    };
    let wish = ClassWish {
        by: if args.by.is_empty() { vec![ClassesBy::Label] } else { args.by.clone() },
        change,
        layers: (!args.layer.is_empty()).then(|| args.layer.clone()),
        normalise: !args.raw,
        deviations: args.deviations,
    };
    let means =
        listener.analyse(AnalysisWish::Classes(wish), console, |answer| answer.finding()?.classes().cloned())?;
    let kept = listener.kept_as(&means.table);
    match &args.verb {
        ClassVerb::Add { .. } | ClassVerb::Remove { .. } if !listener.is_kept => {
            // Why was told as a remark.
            bail!("the classes could not be saved; they are unchanged");
        }
        ClassVerb::List | ClassVerb::Add { .. } | ClassVerb::Remove { .. } => list(&means, &kept, args, console),
        ClassVerb::Distances => distances(&means, args, console),
        ClassVerb::Nearest { class } => near(&means, class, args, console),
        ClassVerb::Arithmetic { expression } => near(&means, expression, args, console),
        ClassVerb::Export { to, overwrite } => export(&means, to, *overwrite, console),
        ClassVerb::Import { ivf, cfg } => import(&means, ivf, cfg, args, console),
    }
}

fn list(means: &ClassMeans, kept: &str, args: &ClassArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let vectors = &means.vectors;
    let row = |(class, name): (usize, &'_ String)| {
        let nearest = vectors.nearest(vectors.row(class), args.metric, 1, &[class]).first().copied();
        (class, name.clone(), nearest)
    };
    let found: Vec<_> = vectors.classes.iter().enumerate().map(row).collect();
    let rows: Vec<ListRow> = found
        .iter()
        .map(|(class, name, nearest)| ListRow {
            class: name,
            by: means.origins[*class].word(),
            of: means.origins[*class].detail(),
            images: means.sizes[*class],
            nearest: nearest.map(|nearest| vectors.classes[nearest.class].as_str()),
            score: nearest.map(|nearest| nearest.score),
        })
        .collect();
    let longest = rows.iter().map(|row| row.class.chars().count()).max().unwrap_or(0);
    let mut words = format!(
        "{} over {} of {}, {kept}\n",
        counted(rows.len(), "class", "classes"),
        counted(vectors.features(), "feature", "features"),
        counted(vectors.layers.len(), "layer", "layers"),
    );
    for row in &rows {
        let near = row.nearest.zip(row.score).map(|(name, score)| format!("{score:8.4}  {name}")).unwrap_or_default();
        words += &format!("{:longest$}  {:9}  {:6}  {near}\n", row.class, row.by, row.images);
    }
    console.answer(&rows, &words)?;
    Ok(Outcome::Done)
}

fn distances(means: &ClassMeans, args: &ClassArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let vectors = &means.vectors;
    let never = || false;
    let found = match args.metric {
        Metric::Cosine => vectors.cosine_distances(&never),
        Metric::Euclidean => vectors.euclidean_distances(&never),
        Metric::Dot => bail!(Misuse("a dot product is not a distance; choose --metric cosine or euclidean".to_owned())),
    };
    let found = found.ok_or(Interrupted)?;
    let mut table = csv::Writer::from_writer(Vec::new());
    let names = || vectors.classes.iter().map(String::as_str);
    write_guarded(&mut table, std::iter::once("class").chain(names()).map(str::as_bytes))?;
    for (name, row) in names().zip(found.chunks_exact(vectors.classes.len())) {
        let cells: Vec<String> = std::iter::once(name.to_owned()).chain(row.iter().map(f32::to_string)).collect();
        write_guarded(&mut table, cells.iter().map(String::as_bytes))?;
    }
    let text = String::from_utf8(table.into_inner()?)?;
    let rows: Vec<&[f32]> = found.chunks_exact(vectors.classes.len()).collect();
    let answer = serde_json::json!({ "classes": vectors.classes, "metric": args.metric, "distances": rows });
    console.answer(&answer, &text)?;
    Ok(Outcome::Done)
}

fn near(means: &ClassMeans, expression: &str, args: &ClassArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let (probe, operands) = arithmetic(&means.vectors, expression)?;
    answer_near(means, expression, &probe, &operands, args, console)
}

fn import(
    means: &ClassMeans,
    ivf: &Path,
    cfg: &Path,
    args: &ClassArgs,
    console: &mut Console,
) -> anyhow::Result<Outcome> {
    let probe = class_files::read(&means.vectors, ivf, cfg)?;
    answer_near(means, &ivf.display().to_string(), &probe, &[], args, console)
}

fn answer_near(
    means: &ClassMeans,
    expression: &str,
    probe: &[f32],
    operands: &[usize],
    args: &ClassArgs,
    console: &mut Console,
) -> anyhow::Result<Outcome> {
    let vectors = &means.vectors;
    let nearest = vectors.nearest(probe, args.metric, args.k as usize, operands);
    let answer = NearAnswer {
        probe: expression,
        metric: args.metric,
        features: vectors.features(),
        table: &means.table,
        choice: &means.choice,
        nearest: nearest
            .iter()
            .map(|near| NearRow {
                class: &vectors.classes[near.class],
                by: means.origins[near.class].word(),
                images: means.sizes[near.class],
                score: near.score,
            })
            .collect(),
    };
    let mut words =
        format!("{expression} · {} over {}\n", args.metric.word(), counted(answer.features, "feature", "features"));
    for row in &answer.nearest {
        words += &format!("{:8.4}  {} ({})\n", row.score, row.class, row.images);
    }
    console.answer(&answer, &words)?;
    Ok(Outcome::Done)
}

fn export(means: &ClassMeans, to: &Path, overwrite: bool, console: &mut Console) -> anyhow::Result<Outcome> {
    let ClassFiles { folder, files } = class_files::write(&means.vectors, to, overwrite)?;
    let answer = serde_json::json!({ "folder": folder.display().to_string(), "files": files });
    let words = format!("{} written to {}\n", counted(files.len(), "file", "files"), folder.display());
    console.answer(&answer, &words)?;
    Ok(Outcome::Done)
}

fn classes_by(word: &str) -> Result<ClassesBy, String> {
    ClassesBy::from_word(word).ok_or_else(|| "write label, tag, cluster or cluster:NAME".to_owned())
}
