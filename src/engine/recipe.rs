//! Recipes: written from what a workspace holds, and read from a file.

use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::domain::{
    CHANGED_BY_HAND, Clustering, FIRST_RECIPE_FORM, ImageId, ImageRecord, Projection, RECIPE_FORM, Recipe,
    RecipeClusters, RecipeMap, RecipePictures,
};
use crate::engine::message::{NetworkFile, Problem};
use crate::engine::opened::Opened;
use crate::store::StoreError;

/// A recipe is a page of text; nothing larger is one.
const MOST_BYTES: u64 = 4 << 20;

/// How what the workspace of the open collection holds was made.
///
/// # Errors
/// When it cannot be read, and of vectors that no network of ours made.
pub fn recipe_of(opened: &Opened) -> Result<Recipe, Problem> {
    let collection = &opened.collection;
    let network = match &collection.network_file {
        NetworkFile::Builtin => "builtin".to_owned(),
        NetworkFile::Analytic => "filters".to_owned(),
        NetworkFile::Known(name) => name.clone(),
        NetworkFile::File(path) => path.display().to_string(),
        NetworkFile::Vectors(name) => {
            let why = format!("the vectors {name} are your own: no network made them, and none can make them again");
            return Err(Problem::new("There is no recipe", why).with_remedy("Name a network with --network."));
        }
    };
    let read = || -> Result<Recipe, StoreError> {
        let workspace = opened.workspace.now()?;
        let records = workspace.images()?;
        let features = &collection.features;
        let mut maps = Vec::new();
        for name in workspace.projections(features)? {
            if let Some(map) = workspace.projection(features, &name)? {
                // What was placed later depends on what came when.
                let digest = map.placed.is_empty().then(|| digest_of_map(&map, &records));
                maps.push(RecipeMap::new(&map.wish, digest));
            }
        }
        let mut clusters = Vec::new();
        for name in workspace.clusterings(features)? {
            if let Some(clustering) = workspace.clustering(features, &name)? {
                // What a person merged and split cannot be done again.
                let is_by_hand = clustering.quality.as_deref() == Some(CHANGED_BY_HAND);
                let digest = (!is_by_hand).then(|| digest_of_clusters(&clustering, &records));
                clusters.push(RecipeClusters::new(&clustering.wish, digest));
            }
        }
        let tables = workspace.feature_tables()?;
        let spec = tables.into_iter().find(|table| table.table == *features).map(|table| table.spec);
        let precision = spec.as_ref().and_then(|spec| spec.precision);
        // Of what is otherwise said a recipe says nothing.
        let preparation = spec.and_then(|spec| serde_json::from_str(&spec.preprocessing).ok());
        let mut layers: Vec<String> = collection.stored.iter().map(|stored| stored.layer.clone()).collect();
        layers.dedup();
        Ok(Recipe {
            recipe: RECIPE_FORM,
            written_by: format!("Tiramisu {}", env!("CARGO_PKG_VERSION")),
            network,
            features: features.clone(),
            layers,
            precision,
            preparation,
            pictures: pictures_of(&records),
            maps,
            clusters,
        })
    };
    read().map_err(|error| Problem::new("The workspace could not be read", error))
}

/// A recipe as text.
///
/// # Errors
/// Never of a recipe that this program wrote.
pub fn recipe_in_text(recipe: &Recipe) -> Result<String, Problem> {
    let text = toml::to_string(recipe).map_err(|error| Problem::new("The recipe could not be written", error))?;
    Ok(format!(
        "# How a collection was looked at. `tiramisu run THIS_FILE FOLDER` does it again.\n# Its form is {}, which earlier versions \
         of Tiramisu do not read.\n{text}",
        recipe.recipe
    ))
}

/// Reads a recipe.
///
/// # Errors
/// When the file cannot be read, or is no recipe that this program knows.
pub fn read_recipe(path: &Path) -> Result<Recipe, Problem> {
    let refused = |why: String| {
        Problem::new("The recipe could not be read", format!("{why}: {}", path.display()))
            .with_remedy("`tiramisu recipe FOLDER --out FILE` writes one.")
    };
    let about = path.metadata().map_err(|error| refused(error.to_string()))?;
    if !about.is_file() || about.len() > MOST_BYTES {
        return Err(refused("it is no file of text".to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    let no_recipe = |error: toml::de::Error| refused(error.to_string().trim().to_owned());
    // First: what a later form has that is not known here would be called a mistake in the file.
    let Form { recipe: form } = toml::from_str(&text).map_err(no_recipe)?;
    if form > RECIPE_FORM {
        let why = format!("it has form {form}, and this program knows forms up to {RECIPE_FORM}: {}", path.display());
        let problem = Problem::new("The recipe could not be read", why);
        return Err(problem.with_remedy("A later version of Tiramisu wrote it: do it again with that one."));
    }
    if form < FIRST_RECIPE_FORM {
        return Err(refused(format!("it has form {form}, and the first form is {FIRST_RECIPE_FORM}")));
    }
    toml::from_str(&text).map_err(no_recipe)
}

/// Which form a recipe has, whatever else it says.
#[derive(Deserialize)]
struct Form {
    recipe: u32,
}

/// Which pictures these are, those that are gone or cannot be read among them.
pub fn pictures_of<'a>(records: impl IntoIterator<Item = &'a ImageRecord>) -> RecipePictures {
    let mut files: Vec<(&str, u64)> = records
        .into_iter()
        .filter(|record| !record.is_gone())
        .map(|record| (record.path.text.as_str(), record.file_bytes))
        .collect();
    files.sort_unstable();
    let mut sum = Sha256::new();
    for (path, bytes) in &files {
        add_text(&mut sum, path);
        sum.update(bytes.to_le_bytes());
    }
    RecipePictures { count: files.len(), sha256: in_hexadecimal(sum) }
}

/// SHA-256 of the places of a map, whatever the order of its images.
pub fn digest_of_map(map: &Projection, records: &[ImageRecord]) -> String {
    let places = map.points.iter().map(|at| at.iter().flat_map(|side| side.to_le_bytes()).collect());
    digest(&map.ids, places, records)
}

/// SHA-256 of which image is in which cluster, whatever the order of images.
pub fn digest_of_clusters(clustering: &Clustering, records: &[ImageRecord]) -> String {
    let of = clustering.of.iter().map(|of| of.map_or(-1, i64::from).to_le_bytes().to_vec());
    digest(&clustering.ids, of, records)
}

fn digest(ids: &[ImageId], values: impl Iterator<Item = Vec<u8>>, records: &[ImageRecord]) -> String {
    let path = |id: &ImageId| records.get(id.index()).map_or("", |record| record.path.text.as_str());
    let mut rows: Vec<(&str, Vec<u8>)> = ids.iter().map(path).zip(values).collect();
    rows.sort_unstable();
    let mut sum = Sha256::new();
    for (path, value) in rows {
        add_text(&mut sum, path);
        sum.update(value);
    }
    in_hexadecimal(sum)
}

fn add_text(sum: &mut Sha256, text: &str) {
    // With its length, or `ab, c` were `a, bc`.
    sum.update((text.len() as u64).to_le_bytes());
    sum.update(text);
}

fn in_hexadecimal(sum: Sha256) -> String {
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
