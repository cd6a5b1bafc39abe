//! Tiramisu: look inside convolutional networks through your own pictures.
//!
//! This page describes the architecture: the words we use, the rooms and who may know whom, the threads, and the way that
//! a picture, a click and a question take through them. `CONTRIBUTING.md` says how to build, test and add to it.
//!
//! One package holds the library and the program `tiramisu`; `src/main.rs` parses the arguments and either opens the window
//! or runs a verb. Window and command line are two listeners of the same engine.
//!
//! # Words
//!
//! One word for each thing, in the window, on the command line, in code and in tables. Where two were confused, the line says
//! what a word is *not*; words that were given up are listed in `tests/suite/words.rs`, which fails where one comes back.
//!
//! What is looked at:
//!
//! - **picture**: a file or its pixels, wherever it lies. **image**: a picture of the opened folder. It has a number,
//!   [`ImageId`](domain::ImageId), and a row of that number in the table of images.
//! - **collection**: the images of one folder. **catalogue**: the list of all of them that the engine's threads share.
//! - **workspace**: what is known of one collection, on disk: a folder of Lance tables. Not the folder of pictures.
//! - **label**: what an image is called: a label that was imported, or else the name of the folder that it lies in. **tag**: a word
//!   that a person gave an image. Not the name of a version. **split**: the part of a data set that an image belongs to, such as
//!   `train`. **box**: a part of an image that was marked, with a label; as shares of the picture's sides, a **region**. To
//!   **cut out** a box is to make it a picture of its own, in a collection of its own.
//! - **annotation**: what a file of another program says of a picture: labels, split and boxes.
//! - **place**: a part of the window for one thing to do: explore, look inside, groups, check. **trail**: the places and questions
//!   that lead back. Not the history, which undoes choices.
//! - **column**: one thing that is known of every image, such as its width; the table shows them beside each other.
//!   **distribution**: how many images have what in a column; drawn, a **histogram** or the most frequent names. To **narrow** a
//!   predicate is to let it ask for a part of a column as well.
//! - **selection**: the images that the person has chosen. **probe**: what neighbours are searched for: images to be like or
//!   unlike, a part of a picture, a class. **example**: one part of a probe, with its weight.
//!
//! What a network gives:
//!
//! - **layer**: a node of the network whose output can be looked at. **channel**: one of the feature maps that it gives.
//! - **activation**: what one layer gives for one image, `[channels, height, width]`. **feature map**: one channel of it;
//!   drawn, a **heat map**. Neither is called a map alone.
//! - **feature**: one number: a channel pooled over space, by its average or its maximum. **vector**: the features of one
//!   image at one layer and pooling, [`StoredLayer`](domain::StoredLayer). **embedding**: one vector over the whole network,
//!   made of all stored layers; not a vector of one layer, and not a map.
//! - **class**: a set of images with something in common: a label, a tag, a cluster, a predicate. **class score**: what the
//!   network says itself, a probability for each of the names that it was trained on.
//! - **exemplar**: an image that excites a channel most. **unusual channel**: one at which an image is far from the
//!   collection's mean; not an outlier, which is an image.
//!
//! What analyses find; each is a **result** when it is stored:
//!
//! - **neighbour**: an image that is similar to the probe. **why similar**: the channels that add most to the similarity of
//!   two images. **metric**: how similarity or distance is measured.
//! - **projection**: two numbers for each image; drawn, it is the **map**. By principal components it is made at once, as a
//!   look; by any other method it is an analysis. **placing**: adding images to a map without moving those on it.
//! - **cluster**: images whose vectors are alike. **community**: a cluster of the neighbour graph. **clustering**: all
//!   clusters of one analysis. **distinguishing channel**: one whose mean in a cluster is far above the collection's.
//!   A **group** is what is looked at like one whatever made it: a cluster or a class. **confusion**: how many images of each
//!   group bear each label. **regrouping**: clusters merged or split by hand.
//! - **duplicate**: an image that is the same picture as another; duplicates come in **sets of copies**.
//!   **outlier**: an image unlike all others. **suspicious label**: one that is probably wrong. **odd picture**: one with which
//!   something is wrong whatever it shows. **finding**: what is found of images and kept, such as these. **decision**: what a
//!   person says of one; a tag.
//! - **centrality**: where an image stands in the neighbour graph. **typicality**: how central it is within its community.
//!   **hub**: an image that is a neighbour of very many. **bridge**: one through which the shortest paths between groups lead.
//! - **graph**: of neighbours, or of images and their strong features. What a network consists of is *its* graph.
//!
//! What is stored:
//!
//! - **store**: to keep on disk, in the workspace: layers' vectors, whole activations, results. **supplement**: the table in
//!   which layers that are added to a filled table wait until they are whole.
//! - **version**: a state of the workspace. It can be **named** (not tagged), **compared**, and **restored**: made the latest
//!   again.
//! - **storage**: what the workspace costs on disk, to read and to write. **maintenance**: work on the workspace itself:
//!   merging files, deleting old versions, indices as preferred.
//! - **index**: finds nearly all neighbours without comparing every image; **recall** is the share that it finds.
//!   **strategy**: the way a question was answered (every vector, an index, codes), with the reason. Not an engine: the
//!   [`engine`] is the room that does all work.
//! - **misfit**: a row that belongs to another picture than the one on record. **repair**: removing misfits, and giving tags
//!   back to their pictures. **torn**: a version of which a part did not reach the disk.
//!
//! Who asks whom:
//!
//! - **wish**: plain data that says what is wanted, and how. **request**: a message to the engine, which carries a wish or a
//!   look. **event**: a message from the engine; to **tell** is to send one.
//! - **look**: a question that a view asks now; only the newest of its kind counts. **worker**: the thread that answers looks
//!   of one kind.
//! - **analysis**: work whose result is stored, such as a map or clusters. **job**: any work with progress that can be
//!   stopped. **task**: what one thread is told to do next.
//! - **problem**: something that a person asked for and could not have, with the reason and what to do. **remark**: something
//!   found amiss by the way; **notice**: news in a corner of the window.
//! - **download**: to get a network's files from its publisher. **export**: to write images or vectors out of the workspace.
//!   **move**: to put the pictures' own files into folders, the one thing that changes the person's folder.
//!   **import**: to bring annotations in. **pull**: to bring a whole workspace from elsewhere. **adopt**: to take rows with vectors
//!   that another program made into the workspace, of a network or **of one's own**: the latter stand where a network's would, and
//!   none is behind them.
//!
//! # The rooms
//!
//! From the ground up. The right-hand column is all that a room may use of ours; `tests/suite/layering.rs` holds the table,
//! and the crates that each room may name, and fails on any other `use`.
//!
//! | room | what it is | may use |
//! | --- | --- | --- |
//! | [`domain`] | the nouns, as plain data: no files, no GPU, no window | - |
//! | [`gpu`] | the devices of burn and of the window; a tensor's memory as a shader's binding; the only home of cubecl | - |
//! | [`tiramisu_kernels`] | inner loops in vector instructions (AVX2, AVX-512, NEON) and nearly all `unsafe`; a crate of its own, `src/kernels` | - |
//! | [`images`] | pictures on disk: walk, decode, turn upright, resize; the built-in sample collection | domain |
//! | [`network`] | what a network is, how it is read from files, how it runs | domain |
//! | [`features`] | activations to vectors | domain, network |
//! | [`analysis`] | numbers from numbers, a file a method: neighbours, maps, clusters, outliers | domain |
//! | [`store`] | the workspace; Arrow and Lance end here | domain |
//! | [`import`] | what comes in: labels, splits and boxes from the files of other programs | domain |
//! | [`export`] | what leaves: copies, tables, vectors, graphs; files that are moved | domain |
//! | [`engine`] | all work off the window's thread; knows no window | all above |
//! | [`session`] | what is known and what is chosen; undo. Plain state, no threads | domain, engine |
//! | [`ui`] | the window; the only home of egui | domain, gpu, session, engine |
//! | [`cli`] | a file a verb | domain, engine, and [`Compute`](gpu::Compute) of gpu |
//!
//! (`network`, `features` and `analysis` also call the kernels.) Every room says in its `mod.rs` what it holds. Within a room no two
//! files know each other in a circle, but those that `tests/suite/layering/circles.rs` lists.
//!
//! # The engine's storeys
//!
//! The engine is the largest room, so it has storeys. What is on one uses those below it and nothing beside or above it
//! (`tests/suite/layering/storeys.rs`). From the ground:
//!
//! 1. [`message`](engine::message): every wish, question, event, problem and progress; [`options`](engine::options).
//! 2. `thread`: what threads are made of (outbox, slot, guard); `places`: where things lie on this machine.
//! 3. `collection`: what can be read of a collection; [`networks`](engine::networks): the known ones and their downloads.
//! 4. `tensor`: the thread that owns the network.
//! 5. `opened`: the one handle to what is open, replaced by the next opening and not before.
//! 6. `extraction`, `analyses`, `export`: work that takes a while.
//! 7. `looks`: answers to what a view asks now.
//! 8. `selecting`: what other programs ask the window to select.
//! 9. [`maintenance`](engine::maintenance): work on the workspace itself: storage, versions.
//! 10. `opening`: puts together what is opened; [`classify`](engine::classify()), [`stream`](engine::stream) and
//!     [`sample`](engine::sample), which need nothing open; `adopting`: rows of other programs, taken into a workspace;
//!     `pulling`: a workspace that lies elsewhere, brought here; `relocating`: one whose folder was moved; `glance`: small
//!     pictures of folders that are not open.
//! 11. `coordinator`: the thread that takes requests.
//!
//! # Threads
//!
//! They are few and have names, so that a debugger or a profiler shows who works.
//!
//! | thread | lives | does |
//! | --- | --- | --- |
//! | (the first) | always | the window's frames, or a verb that waits for events |
//! | `tiramisu-engine` | as long as the engine | takes requests one by one and hands them on; opens and closes |
//! | `tiramisu-tensor` | as long as the engine | owns the network and every tensor; looks go before batches |
//! | `tiramisu-pass-1` ... | while a network is loaded | where the processor computes: one picture of a batch at a time each |
//! | `tiramisu-network-1` ... | as long as the thread that runs a network on this processor | share one pass: of a look, a verb, a small batch |
//! | `tiramisu-thumbnails`, `-picture`, `-crops`, `-groups`, `-neighbours`, `-hover`, `-depths`, `-nearest`, `-representative`, `-channels`, `-query`, `-order`, `-map` | while a folder is open | one kind of look each |
//! | `tiramisu-ahead` | while vectors are read that the next question to an index may need | reads them |
//! | `tiramisu-selection` | while a window has a folder open | sees what other programs ask to select |
//! | `tiramisu-extract` | one extraction | has pictures decoded, feeds the network, passes vectors on |
//! | `tiramisu-files 0` ..., `tiramisu-shown 0` ... | once files were opened | open and decode pictures, for an extraction and for views; never rayon's pool, which a drive that does not answer must not hold |
//! | `tiramisu-walk` | one extraction | walks the folder; of the sample collection, draws first what is missing |
//! | `tiramisu-store` | one extraction | owns the writing end of the workspace and commits |
//! | `tiramisu-stream`, `-adopt`, `tiramisu-input` | one stream of pictures, or of vectors | feeds the network and writes; waits for what comes |
//! | `tiramisu-pull` | one workspace that is brought | copies |
//! | `tiramisu-analysis` | one analysis | computes on rayon's pool; asks often whether it is to stop |
//! | `tiramisu-results` | a moment | reads or writes kept results, tags and what was imported, one after the other |
//! | `tiramisu-import` | one file to import | reads labels and boxes; writes them in turn with those before |
//! | `tiramisu-export`, `tiramisu-maintenance`, `tiramisu-move` | one piece of work | writes what leaves; measures and tidies the workspace; moves files |
//! | `tiramisu-downloads`, `-networks`, `-download` | one piece of work | known networks: asking for them, listing, receiving |
//! | `store` | while a workspace is open | the two workers of its tokio runtime, which nobody above `store` sees |
//!
//! cubecl orders work by thread, so on a GPU a tensor never leaves `tiramisu-tensor`: bytes of pictures go in, vectors and
//! [`TensorView`](gpu::TensorView)s come out. The window has short helpers of its own for files and dialogs, since it never
//! waits for a disk or a driver: `settings`, `recent folders`, `new pictures`, `preparation`, `path`, `dialog`, `browser`, `adapters`; `drawn`, which
//! asks the device when a frame is drawn, while somebody wants to know; and, since it looks at no million of points itself, `map`,
//! which with `tiles 1` ... puts the points of a large map in order, finds their colours, brings them to the device, finds those that
//! a loop takes in, and gives back the memory of what is not shown any more; and `findings`, which counts what was found among very
//! many images where nobody looks at it.
//!
//! Every queue on the way of a picture is bounded (found pictures 4 portions, the network 1 batch, the disk 2), so memory is a
//! few batches whatever the size of the folder. Whatever the size of the pictures, decoding holds a GiB at most: a worker claims
//! what a file's header says that it will take, and waits while others hold too much (one picture alone may take more, up to 200
//! million pixels). Requests alone are unbounded: they are a person's clicks.
//!
//! There are three ways of reporting. **Progress** is read: a job counts in atomics ([`Progress`](engine::Progress)), the
//! window looks at them. **A look** is latest-wins: it lies in a slot, where a newer one replaces it. **News** is a bounded queue of
//! [`Event`](engine::Event)s; when the listener is slow, news of images and commits is gathered and handed over in one piece.
//!
//! Where time goes can be seen from outside: jobs, batches, commits, looks and frames are spans of `tracing`, and `TIRAMISU_LOG`
//! writes them with their durations ([`cli::log`]).
//!
//! # The way of a picture
//!
//! walk → record → decode → tensor → pool → store → index
//!
//! 1. *walk* (`images/walk.rs`, called by `engine/extraction/extract/walking.rs`): files are found and come in portions.
//! 2. *record* (`engine/collection/catalogue.rs`): a new file gets the next id; one with another size or time is read anew, and
//!    so is one of other content where the system says that something of it was changed; what has vectors already is left alone.
//!    What only its pixels tell (width, height) is filled in after decoding. The listener is told
//!    with [`Event::Images`](engine::Event::Images).
//! 3. *decode* (`images/prepare.rs`): each picture is decoded once, into the network's input and a thumbnail. One that
//!    cannot be read is recorded with the reason and stops nothing.
//! 4. *tensor* (`engine/tensor.rs`, `network/preprocessing.rs`, `network/run/`): a batch is normalised on the device and run;
//!    each wanted layer is tapped, and an activation is freed after its last use.
//! 5. *pool* (`features/pool.rs`, `features/pooled.rs`): averages and maxima over space, on the device; one read a batch.
//! 6. *store* (`engine/extraction/store_thread.rs`, `store/feature_table.rs`): rows are gathered and committed every 2048
//!    images, 30 seconds or 8 MiB, the first ones sooner. Every commit is a version, so who is killed goes on from there.
//!    Exemplars and statistics of channels are kept up beside it (`engine/extraction/gathering.rs`).
//! 7. *index* (`engine/analyses/index.rs`, `store/index.rs`): built when a person asks for one; after an extraction the
//!    listener asks to bring the new rows into those there are.
//!
//! # The way of a stream
//!
//! Arrow in → decode → tensor → pool → Arrow out
//!
//! What other programs drive (Spark, Ray, a notebook): `tiramisu features` takes rows with pictures and gives the same rows with
//! vectors. Nothing is opened, nothing is stored. [`store::stream`] is the contract, with all columns and metadata; in short:
//!
//! - In: an Arrow IPC stream with a column `path`, `content` or `bytes` (or one that is named), and any others.
//! - Out: the same rows in the same order and the same batches (at most 1024 rows, and 64 MiB of vectors, in each), the other columns
//!   as they were, then `width`, `height`, `problem`, and a fixed-size list for each layer and pooling, with the names, numbers and
//!   metadata of a workspace's own columns.
//! - Exit codes: 0 if all rows were written (pictures that cannot be read are rows, too) or nobody reads on, 1 if it failed, 2
//!   if it makes no sense, 130 and 143 if it was stopped.
//!
//! The vectors are those of an extraction, bit for bit: steps 3 to 5 of the way of a picture are the same code, down to the
//! thread that runs the network (`engine/stream/work.rs`). Rows wait in `engine/stream/waiting.rs` until all of their batch
//! are made. What comes is read by a thread that nobody waits for (`engine/stream/reading.rs`), since a pipe that is silent
//! cannot be told to stop; and it is read on only while there is room, so a few batches are held however long the stream is.
//!
//! Such rows, or vectors of a person's own, become part of a workspace in `engine/adopting/`: pictures that are not on record are
//! recorded, and what is lacking is added, images first, in commits as an extraction makes them.
//!
//! # The way of a click
//!
//! view → Action → act → Request → thread → Event → apply → view
//!
//! A view (`ui/views/`) reads the [`Session`](session::Session) and pushes an [`Action`](session::Action). After all are
//! drawn, `ui/app/mod.rs` gives the actions to [`Session::act`](session::Session::act) (`session/action.rs`), which hands each
//! to its subject: a choice to `session/opened/choose.rs`, an opening to `session/open.rs`, and so on; each of these files
//! lists its wishes and does them. They change what is chosen and return [`Request`](engine::Request)s.
//! [`Engine::send`](engine::Engine::send) never blocks; `engine/coordinator.rs` takes each request and hands it to the
//! thread that does it. What comes of it is an
//! [`Event`](engine::Event), sent by `engine/thread/outbox.rs`, which also calls the listener's bell (the window's is
//! `ui/waker.rs`). In the next frame [`Session::apply`](session::Session::apply) (`session/apply.rs`) takes it in, and may
//! answer with further requests; then every view is drawn anew from the session. No view keeps a copy of the truth.
//!
//! The session has two parts. [`Lasting`](session::Lasting) stays whatever is opened and closed: notices, known networks and
//! their downloads. [`OpenedCollection`](session::OpenedCollection) belongs to the collection that is open, and the next opening
//! replaces it as a whole; the few things that are carried over are named in one place, `OpenedCollection::followed_by`. What can
//! be undone is a field of [`Chosen`](session::Chosen): every choice that changes it is a step (`session/opened/history.rs`).
//! Where one was before, place and question, is the [`Trail`](session::Trail): back leads there and leaves all else as it is.
//! What a view remembers of its own appearance (the width of tiles, an open fold) is neither undone nor forgotten and stays in
//! the view and `ui/settings.rs`. Where a person was in a folder is remembered there as well, and taken up when the folder is opened
//! again (`session/taking_up.rs`).
//!
//! What comes of an analysis is [`Event::Answered`](engine::Event::Answered), whatever its kind. All kinds stand in one table
//! of two halves: wish, title and answer in `engine/message/analysis.rs`; how it is done, and how what is kept of it is read
//! again, in `engine/analyses.rs`. A finding is kept by the session, the last of each kind, and by the store, as a table of
//! named columns (`store/findings.rs`), without either naming one.
//!
//! The command line goes the same way with `cli/listener.rs` in the place of session and views: a verb sends requests and
//! waits for the events that answer them. A verb that only asks has the engine be brief
//! ([`EngineOptions::is_brief`](engine::EngineOptions)): nothing is told unasked, and what the question does not need is not read.
//! The network is loaded and the device opened when one is first to run, the records of images when somebody asks for them
//! (`engine/collection/catalogue.rs`). What is known of the network without its weights (`network/facts.rs`) is remembered in the
//! data directory, which image lies where and each row is of in the workspace (`store/remembered.rs`), each with the state it is of.
//!
//! # The way of a question
//!
//! Look → slot → answer
//!
//! What a view wants to see now is a [`Look`](engine::Look) inside a [`Request::Look`](engine::Request::Look).
//! `engine/looks.rs` puts it into the slot of its kind (`engine/thread/slot.rs`), where it replaces an older question that
//! nobody took. The thread of that kind takes it with a number and asks on its way whether the number is stale; if so it
//! gives up and says nothing. Activations go on to the slot of the tensor thread and come back as a view of the tensor's
//! values, which a shader in `ui/paint/` reads: the window draws by a device of its own, so that no frame waits for a batch, and on a GPU
//! they are read back once ([`gpu::drawing`]). Its adapter is chosen when its surface is there ([`gpu::on_screen`]); where its device is
//! lost the process becomes another one, whose window opens where that was left (`ui/again.rs`). The session checks once more that an answer is to what is asked
//! now. A panic on the way becomes a [`Problem`](engine::Problem) (`engine/thread/guard.rs`), and the next question is answered.
//!
//! `Looks::start` starts the threads and its `Drop` ends them. What a view can answer from what it holds in well under a
//! millisecond (which point lies under the pointer) is no look.
//!
//! # The way of a million images
//!
//! What is known of all images is one value, [`ImageRecords`](domain::ImageRecords): chunks of columns, which copies share. The
//! engine changes its own (`engine/collection/catalogue.rs`, [`SharedRecords`](domain::SharedRecords)) and tells each state with [`Event::Images`](engine::Event::Images);
//! the session takes it over as it is, so that a record lies in memory once, and finds what is new by the chunks that are others.
//! A folder that is opened is told of in portions, while the rest is still read (`engine/opening/records.rs`).
//!
//! The window's thread does nothing for each image. Which are shown, and in which order, is an
//! [`ImageOrder`](domain::ImageOrder), which knows the place of each image as well, and whose images are a set: to select all is
//! to share that. It is made by `tiramisu-order` ([`CatalogueLook`](engine::CatalogueLook), `session/opened/ordering.rs`), and so
//! are the images of a group, the numbers of a selection and the histograms of the table, for which it is asked a column at a time
//! and only while they are seen (`session/opened/distributions.rs`); up to some thousand images some of it is quicker to do at once. Sets of
//! images are bitsets of which steps back share what did not change ([`ImageSet`](domain::ImageSet)). Gallery and table scroll by rows
//! (`ui/widgets/row_scroll.rs`). [`images_touched`](domain::images_touched) counts what a thread looks at, and a test holds the
//! window's to a bound that does not depend on how many images there are. The names of a legend are listed once, however many
//! ([`Effort`](ui::paint::Effort) counts them), and what colour each point gets is found by another thread; the map keeps the colours
//! that it has until then (`ui/views/map/colours.rs`).
//!
//! # The way of a failure
//!
//! error → Problem → Event::Problem → the view that asked, or a notice
//!
//! A room below the engine says what went wrong and where, in its one error type (`store/error.rs`, `images/error.rs`, ...). Who
//! asked for the work in the engine makes a [`Problem`](engine::Problem) of it: what could not be done, the error as the
//! reason, and what to do, which only who knows the wish can say. [`Event::Problem`](engine::Event::Problem) carries
//! [what was asked](engine::Asked), so that `session/problems.rs` gives it to the view that waits, or else to the notices, and a
//! verb fails on its own problem only. A commit that fails ends the extraction; what was committed before stays, and the next
//! extraction goes on from there. What is found amiss by the way and stops nothing is a remark: [`Event::Remark`](engine::Event::Remark),
//! or one of [`Collection::remarks`](engine::Collection) at the opening. A picture that cannot be read is no problem of the job:
//! its record says why.
//!
//! # Laws that tests hold
//!
//! - Rooms, storeys and circles: every path in `src` is read and compared with the tables (`tests/suite/layering.rs` and
//!   beside it). `unsafe` stands in the kernels and in three files that are listed there.
//! - Nothing is lost and nothing is there twice: an extraction is killed, goes on, and is compared row by row
//!   (`tests/suite/kill_and_resume.rs`, `tests/suite/store/`).
//! - Numbers are those of independent programs, not our own of yesterday: beside those in `tests/golden` lie the programs that
//!   made them (`tests/suite/onnx/`, `network/`, `analysis/`).
//! - Every view has a stored picture filled, empty and with a problem, in both themes (`tests/suite/window/snapshots.rs`).
//! - Files have at most 400 lines (`tests/suite/habits.rs`).
//! - The README does what it says: its commands and snippets are run from top to bottom (`tests/suite/readme.rs`).

pub mod analysis;
pub mod cli;
pub mod domain;
pub mod engine;
pub mod export;
pub mod features;
pub mod gpu;
pub mod images;
pub mod import;
pub mod network;
pub mod session;
pub mod store;
pub mod ui;
