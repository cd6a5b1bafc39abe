//! Boxes become pictures of their own, in a collection of their own: what can be done with a picture can be done with a box then.
//!
//! Each is cut out into a file, and its vectors are what layers see under it. They are pooled as those of a part that neighbours
//! are searched for, from one pass of the whole picture: a box is seen among what stands around it, as it is not when its file is
//! extracted by itself. In the workspace of the boxes they stand as vectors of the person's own.
//!
//! A file's name says what was cut out, so who was stopped goes on where it was, and a box that was imported again is the same
//! picture. What is there of boxes that were imported before and are not there any more stays.

mod home;
mod plan;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::bounded;
use rayon::prelude::*;

use self::home::{Home, Made};
use self::plan::{MarkedPicture, Plan};
use crate::domain::{ImageBox, Layer, Region, StoredLayer};
use crate::engine::message::{
    AnalysisAnswer, Asked, BoxCounts, CutOutReport, CutOutWish, Event, NetworkFile, Problem, Progress,
};
use crate::engine::networks::own_vectors::no_network;
use crate::engine::opened::Opened;
use crate::engine::tensor::RegionBatch;
use crate::engine::thread::readers::Readers;
use crate::export::cut_outs;
use crate::images::{self, thumbnail::THUMBNAIL_PX};

/// What could not be done.
const WHAT: &str = "The boxes could not be cut out";
/// Bytes of activations that one pass through the network may give, in single precision.
const PASS_BYTES: usize = 64 << 20;
/// Most pictures in a pass.
const PASS_PICTURES: usize = 16;

/// Does what is wished, and tells what came of it.
///
/// # Errors
/// When a layer does not exist or has no places, something else lies in the folder, the network fails, or the disk refuses. What
/// was committed stays.
pub fn run(wish: &CutOutWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let mut plan = plan(|marked| wish.boxes.have(marked), opened)?;
    if plan.boxes() + plan.left_out.count == 0 {
        return Err(refused("there are no such boxes").with_remedy(
            "`tiramisu import` brings them in from COCO, YOLO or Pascal VOC; `tiramisu boxes` lists them.",
        ));
    }
    let layers = layers(wish, opened)?;
    let folder = folder(wish, opened)?;
    cut_outs::make_folder(&folder).map_err(refused)?;
    let mut home = Home::open(wish, &folder, &layers, opened)?;
    // First: whose folder it is is known by it.
    cut_outs::write_list(&plan.rows(), &folder).map_err(refused)?;
    let total = plan.boxes();
    let lacking = plan.without(|file| home.has(file));
    let already = total - lacking.iter().map(|picture| picture.parts.len()).sum::<usize>();
    progress.set_already(already);
    progress.set_total(total, true);
    let bytes: usize = layers.iter().map(|layer| layer.shape.iter().product::<usize>() * 4).sum();
    let at_once = (PASS_BYTES / bytes.max(1)).clamp(1, PASS_PICTURES);
    let outcome = cut(&lacking, at_once, &mut home, &mut plan, opened, progress);
    // What was made until then is kept, whatever happened.
    let kept = home.finish(&plan.rows());
    outcome.and(kept)?;
    if progress.is_cancelled() {
        return Ok(());
    }
    cut_outs::write_list(&plan.rows(), &folder).map_err(refused)?;
    let report = CutOutReport {
        folder,
        workspace: home.root().to_owned(),
        network: home.network().to_owned(),
        layers: layers.iter().map(|layer| layer.name.clone()).collect(),
        boxes: plan.boxes(),
        already,
        left_out: plan.left_out,
    };
    opened.outbox.tell(Event::Answered(AnalysisAnswer::CutOut(Arc::new(report))));
    Ok(())
}

/// Tells how many boxes can be cut out, by label.
pub fn tell_counts(opened: &Opened) {
    match plan(|_| true, opened) {
        Ok(plan) => {
            let counts = BoxCounts { labels: plan.labels(), left_out: plan.left_out };
            opened.outbox.tell(Event::BoxCounts(Arc::new(counts)));
        }
        Err(problem) => opened.outbox.complain(Asked::Boxes, problem),
    }
}

/// What becomes of the boxes that are meant. Vectors of a person's own have no network that could see them.
fn plan(is_meant: impl Fn(&ImageBox) -> bool, opened: &Opened) -> Result<Plan, Problem> {
    match &opened.collection.network_file {
        NetworkFile::Vectors(name) => Err(no_network(name)),
        NetworkFile::Builtin | NetworkFile::Analytic | NetworkFile::File(_) | NetworkFile::Known(_) => {
            Plan::new(is_meant, opened)
        }
    }
}

fn refused(error: impl ToString) -> Problem {
    Problem::new(WHAT, error)
}

/// The layers by their names, each once, in the order of the network.
fn layers(wish: &CutOutWish, opened: &Opened) -> Result<Vec<Layer>, Problem> {
    let all = &opened.collection.layers;
    for name in &wish.layers {
        let layer = all.iter().find(|layer| layer.name == *name).ok_or_else(|| {
            refused(format!("the network has no layer {name}"))
                .with_remedy("`tiramisu networks show` and the view Layers list them.")
        })?;
        if layer.shape[1] * layer.shape[2] <= 1 {
            let why = format!("the layer {name} has a single place, and sees the same under every box of a picture");
            return Err(refused(why).with_remedy("Choose one before it."));
        }
    }
    Ok(all.iter().filter(|layer| wish.layers.contains(&layer.name)).cloned().collect())
}

/// The folder, absolute. Inside that of the collection its pictures would become part of it.
fn folder(wish: &CutOutWish, opened: &Opened) -> Result<PathBuf, Problem> {
    let folder = std::path::absolute(&wish.folder).map_err(refused)?;
    let real = |path: &Path| {
        // What is not there yet is judged by what is there of the way to it.
        let there = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
        there.map_or_else(
            || path.to_owned(),
            |(above, real)| path.strip_prefix(above).map_or(real.clone(), |rest| real.join(rest)),
        )
    };
    if real(&folder).starts_with(real(&opened.folder)) {
        let why =
            format!("this folder lies in that of the pictures, and would be extracted with them: {}", folder.display());
        return Err(refused(why).with_remedy("Choose one beside it."));
    }
    Ok(folder)
}

/// Cuts out what is lacking; what cannot be is left out of the plan.
fn cut(
    lacking: &[MarkedPicture],
    at_once: usize,
    home: &mut Home,
    plan: &mut Plan,
    opened: &Opened,
    progress: &Progress,
) -> Result<(), Problem> {
    for portion in lacking.chunks(at_once) {
        if progress.is_cancelled() {
            return Ok(());
        }
        let folder = home.folder().to_owned();
        let look_at_all = || {
            portion.par_iter().map(|picture| look(picture, &folder, opened)).collect::<Result<Vec<Looked>, Problem>>()
        };
        let looked = Readers::Job.run(look_at_all)?;
        let (mut rgb, mut regions, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        for (picture, looked) in portion.iter().zip(looked) {
            match looked {
                Ok(one) => {
                    rgb.extend_from_slice(&one.rgb);
                    regions.push(picture.parts.iter().map(|part| part.seen).collect::<Vec<Region>>());
                    seen.push((picture, one.made));
                }
                Err(reason) => {
                    progress.add(picture.parts.len(), picture.parts.len());
                    plan.leave_out(picture, &reason);
                }
            }
        }
        if seen.is_empty() {
            continue;
        }
        let (reply, answer) = bounded(1);
        opened.tensor.run_regions(RegionBatch { rgb, regions, sources: home.sources().clone(), reply })?;
        let rows = answer.recv().map_err(|_| Problem::new("The network cannot be run", "its thread has ended"))??;
        let mut row = 0;
        for (picture, made) in seen {
            for (part, made) in picture.parts.iter().zip(made) {
                home.take(part, made, &rows, row)?;
                row += 1;
            }
            progress.add(picture.parts.len(), 0);
        }
    }
    Ok(())
}

/// A picture for the network with what was cut out of it, or why it cannot be read.
type Looked = Result<Ready, String>;

struct Ready {
    rgb: Vec<u8>,
    made: Vec<Made>,
}

/// Decodes a picture for the network, and once more to cut its boxes out.
fn look(picture: &MarkedPicture, folder: &Path, opened: &Opened) -> Result<Looked, Problem> {
    let path = picture.record.path.below(&opened.folder);
    let seen = match images::network_input(&path, &opened.input) {
        Ok(seen) => seen,
        Err(error) => return Ok(Err(error.reason())),
    };
    if [seen.width, seen.height] != [picture.record.width, picture.record.height] {
        return Ok(Err("the picture has another size now; extract it and import its boxes again".to_owned()));
    }
    let regions: Vec<Region> = picture.parts.iter().map(|part| part.region).collect();
    let cut = match images::cut_out(&path, &regions, THUMBNAIL_PX) {
        Ok(cut) => cut,
        Err(error) => return Ok(Err(error.reason())),
    };
    let mut made = Vec::with_capacity(cut.len());
    for (part, cut) in picture.parts.iter().zip(cut) {
        cut_outs::write_file(folder, &part.row.file, &cut.jpeg).map_err(refused)?;
        let path = part.path();
        let found = images::find_one(folder, &path).map_err(refused)?;
        let found = found.ok_or_else(|| refused(format!("a file is gone that was just written: {}", path.text)))?;
        made.push(Made { found, size: [cut.width, cut.height], thumbnail: cut.thumbnail.jpeg });
    }
    Ok(Ok(Ready { rgb: seen.rgb, made }))
}

/// What a layer's vectors are called where boxes live.
fn source_of(layer: &Layer, wish: &CutOutWish) -> StoredLayer {
    StoredLayer { layer: layer.name.clone(), pooling: wish.pooling }
}
