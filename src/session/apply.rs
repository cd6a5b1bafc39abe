//! Facts come up from the engine.

use std::sync::Arc;

use super::{Phase, Place, Session, export};
use crate::domain::{LayerTitles, single_in_words};
use crate::engine::{Event, Request};

impl Session {
    /// Takes in one event. What it makes worth asking is returned.
    pub fn apply(&mut self, event: Event) -> Vec<Request> {
        let Self { lasting, opened } = self;
        let notices = &mut lasting.notices;
        match event {
            Event::Opening(folder) => self.begin(Phase::Opening(folder)),
            Event::LooksMoved(moved) => opened.moved_folder = Some(moved),
            Event::Closed => {
                lasting.use_default_network();
                self.begin(Phase::Welcome);
            }
            Event::Opened(collection) => {
                lasting.network = collection.network_file.clone();
                lasting.has_chosen_network = false;
                collection.remarks.iter().for_each(|remark| notices.tell_problem(remark.clone()));
                opened.chosen.layer = collection.default_layer();
                lasting.go_on(&collection, opened);
                opened.layer_titles = Arc::new(LayerTitles::of(&collection.layers));
                opened.chosen.maps = std::mem::take(&mut opened.chosen.maps).among(&collection.layers);
                opened.phase = Phase::Open(collection);
                return vec![Request::TellStored];
            }
            Event::Images(images) => {
                let mut requests = opened.take_images(images);
                requests.extend(opened.resume(false));
                requests.extend(opened.look_again(false));
                return requests;
            }
            Event::Walked { .. } => {
                opened.is_walked = true;
                let mut requests = opened.resume(true);
                requests.extend(opened.look_again(true));
                return requests;
            }
            Event::CameraRaw(raw) => opened.camera_raw = raw,
            // Whoever is told of all images asks about none.
            Event::Known(_) => {}
            Event::JobStarted(progress) => opened.take_job_start(progress),
            Event::JobEnded { cancelled } => return opened.take_job_end(cancelled, notices),
            Event::Committed { images, version } => return opened.take_commit(images, version),
            Event::InSingle { columns, is_news } => {
                if is_news {
                    notices.tell_news(format!("{}.", single_in_words(&columns)));
                }
                opened.in_single = columns;
            }
            Event::Thumbnails(pictures) => opened.arrived.extend(pictures),
            Event::Picture(pieces) => opened.take_picture(pieces),
            Event::Activations(view) => opened.take_activation(view),
            Event::LayerTimes(secs) => opened.layer_secs = opened.collection().is_some().then_some(secs),
            Event::ComparisonStarted(progress) => opened.comparison = Some(progress),
            Event::Recognised { file, image } => return opened.take_recognised(&file, image),
            Event::Neighbours(list) => return opened.take_neighbours(list),
            Event::Ordered { number, order } => return opened.take_order(number, order),
            Event::Grouped { number, images } => {
                let selected = opened.chosen.selection.clone();
                let requests = opened.take_group(number, &images);
                self.tell_pick(&selected);
                return requests;
            }
            Event::Tallied(tally) => opened.take_tally(tally),
            Event::Distributed(distribution) => opened.distributions.take(distribution),
            Event::HoverNeighbours(list) => return opened.take_hover_neighbours(list),
            Event::Answered(answer) => return opened.take_answer(answer, notices),
            Event::StoredResult(kept) => return opened.take_stored(kept),
            Event::DepthNeighbours(answer) => opened.take_depth(answer),
            Event::Nearest(answer) => opened.take_nearest(answer),
            Event::Exemplars(list) => opened.take_exemplars(list),
            Event::ExemplarsOfSome(found) => opened.take_exemplars_of_some(&found),
            Event::Groups(look, answer) => opened.take_groups(&look, answer),
            Event::Unusual(list) => opened.take_unusual(list),
            Event::ChannelValues(values) => opened.take_channel_values(values),
            Event::WhySimilar(similarity) => opened.take_why_similar(similarity),
            Event::Representative(image) => {
                return opened.take_representative(image, lasting.place == Place::LookInside);
            }
            Event::Pair(pair) => opened.take_pair(pair),
            Event::Beside(view) => opened.take_beside(view),
            Event::Point(values) => opened.take_point(values),
            Event::Strip(strip) => opened.take_strip(strip),
            Event::ChannelMaps(maps) => opened.groups.take_maps(&maps),
            Event::ImageBoxes(boxes) => opened.take_boxes(boxes),
            Event::Crops(crops) => opened.inside.crops.extend(crops),
            Event::StrategyChosen(of, choice) => opened.take_choice(of, choice),
            Event::AnalysisStarted(progress) => opened.take_analysis_start(progress),
            Event::AnalysisEnded { .. } => {
                opened.cut_outs.take_end();
                return opened.take_map_end();
            }
            Event::MaintenanceStarted(progress) => opened.maintenance.progress = Some(progress),
            Event::MaintenanceEnded(news) => opened.take_maintenance_report(news, notices),
            Event::Queried(answer) => return opened.take_query_answer(answer, notices),
            Event::Tags(tags) => return opened.take_tags(tags),
            Event::TagColours(colours) => opened.take_tag_colours(colours),
            Event::Relabelled(change) => opened.take_relabelled(change, notices),
            Event::FolderChanged(change) => opened.folder_change = change,
            Event::FolderPictures(pictures) => opened.folder_pictures = pictures,
            Event::Splits(splits) => return opened.take_splits(splits),
            Event::SelectionAsked(images) => return opened.take_asked_selection(images, notices),
            Event::SelectionWanted => return vec![Request::TellSelection(opened.chosen.selection.clone())],
            Event::ImportStarted(progress) => opened.take_import_start(progress),
            Event::ImportPlanned(report) => opened.take_import_plan(report),
            Event::ImportStopped => opened.take_import_stop(),
            Event::Imported(report) => opened.take_import(report, notices),
            Event::ImportForgotten { .. } => {
                opened.forget_label_edits();
                opened.forget_boxes();
            }
            Event::Tagged { .. } | Event::Boxes(_) | Event::Recipe(_) => {}
            Event::Results { clusterings, has_embedding, .. } => {
                opened.has_embedding = has_embedding;
                return opened.take_clusterings(clusterings);
            }
            Event::BoxCounts(counts) => opened.cut_outs.counts = Some(counts),
            Event::ExportStarted(progress) => lasting.export = Some(progress),
            Event::Exported(summary) => export::tell_end(&summary, notices),
            Event::RecipeSaved(saved) => export::tell_recipe(&saved, notices),
            Event::RecipeExists(target) => opened.recipe_exists = Some(target),
            Event::FoldersToConfirm(counts) => opened.folders_to_confirm = Some(counts),
            Event::MoveToConfirm(counts) => opened.move_to_confirm = Some(counts),
            Event::Moved(summary) => export::tell_moved(&summary, notices),
            Event::ExportExists(exists) => opened.pending_export = Some(exists),
            Event::Networks(networks) => lasting.networks.take(networks),
            Event::DownloadStarted { name, progress } => lasting.networks.take_download_start(name, progress),
            Event::DownloadEnded { name, cancelled } => lasting.networks.take_download_end(&name, cancelled, notices),
            Event::DeviceLost { problem, device } => {
                opened.take_device(device);
                notices.tell_problem(problem);
            }
            Event::Remark(remark) => notices.tell_once(remark),
            Event::Problem { of, problem } => return self.take_problem(of, problem),
        }
        Vec::new()
    }
}
