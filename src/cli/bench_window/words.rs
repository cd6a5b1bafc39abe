//! What `tiramisu bench-window` says.

use crate::domain::{
    ARROW_AIM_MS, ActionTimes, ArrowTimes, FRAME_AIM_MS, HeldMemory, MemoryThen, WindowBench, counted, in_words,
    thousands,
};

/// All of it: the collection, opening, memory, a row for each action, and what was missed.
pub(super) fn words(bench: &WindowBench) -> String {
    let [width, height] = bench.size_px;
    let mut words = format!("collection   {}, {}\n", counted(bench.images, "image", "images"), bench.collection);
    words += &format!(
        "window       {width} x {height} pixels, drawn by {}\n",
        bench.adapter.as_deref().unwrap_or("nothing")
    );
    if let Some(device) = &bench.computes_on {
        words += &format!("networks     {device}\n");
    }
    let first = bench.opening.first_picture_secs.map_or("none".to_owned(), |secs| format!("{secs:.2} s"));
    words += &format!("opening      first picture after {first}, all after {:.2} s; ", bench.opening.all_secs);
    words += &format!(
        "frames meanwhile: median {:.2} ms, p99 {:.2} ms, worst {:.2} ms\n",
        bench.opening.frames.median_ms, bench.opening.frames.p99_ms, bench.opening.frames.worst_ms
    );
    if let Some(memory) = &bench.memory {
        let [before, opened, after, most] =
            [memory.before_bytes, memory.opened_bytes, memory.after_bytes, memory.most_bytes].map(in_words::bytes);
        let each = memory.bytes_an_image(bench.images);
        words += &format!("memory       {before} before, {opened} with the gallery open ({each:.0} B an image more), ");
        if let Some(mapped) = memory.mapped_bytes {
            words += &format!("{} with the map shown, too, ", in_words::bytes(mapped));
        }
        words += &format!("{after} at the end, at most {most}\n");
    }
    for (when, held) in [("when open", &bench.held), ("at the end", &bench.held_after)] {
        let own: u64 = held.iter().filter(|held| held.is_of_process).map(|held| held.bytes).sum();
        let each = own as f64 / bench.images.max(1) as f64;
        words += &format!("of that, {when}: {} ({each:.0} B an image): ", in_words::bytes(own));
        let of = |held: &HeldMemory| {
            let where_it_is = if held.is_of_process { "" } else { " on the GPU" };
            format!("{} {}{where_it_is}", held.by.to_lowercase(), in_words::bytes(held.bytes))
        };
        words += &held.iter().filter(|held| held.bytes > 0).map(of).collect::<Vec<_>>().join(", ");
        words += "\n";
    }
    words += &format!(
        "\n{:<25}{:>22}{:>16}{:>9}{:>10}{:>8} longest frame of the\n",
        "", "window's thread, ms", "until drawn, ms", "to GPU", "images", "",
    );
    words += &format!(
        "{:<21}{:>4}{:>7}{:>7}{:>8}{:>8}{:>8}{:>9}{:>10}{:>8} thread: mostly\n",
        "", "n", "median", "p99", "longest", "median", "longest", "in one", "looked at", "waiting",
    );
    bench.actions.iter().for_each(|action| words += &row(action));
    for remark in &bench.remarks {
        words += &format!("\n{remark}.");
    }
    words + "\n\n" + &aims(bench)
}

/// Whether the window does what it is held to, and what does not.
fn aims(bench: &WindowBench) -> String {
    let mut words = String::new();
    let moments = bench.memory_by_moment();
    if !moments.is_empty() {
        words += &format!("memory, to be {} at most: ", in_words::bytes(bench.memory_aim_bytes()));
        let told = |then: &MemoryThen| {
            let outcome =
                then.beyond.map_or("held".to_owned(), |beyond| format!("{} too much", in_words::bytes(beyond)));
            format!("{} {} ({outcome})", in_words::bytes(then.bytes), then.when)
        };
        words += &moments.iter().map(told).collect::<Vec<_>>().join(", ");
        words += "\n";
    }
    if let (Some(memory), Some(nobody)) = (bench.memory, bench.held_by_nobody_bytes()) {
        let on_gpu = if bench.is_drawn_by_program { "the window, its GPU included," } else { "the window" };
        let counted = memory.after_bytes.saturating_sub(memory.before_bytes + nobody);
        words += &format!(
            "of that, at the end: {} before anything was opened, {} by {on_gpu} as listed above, {} by nobody who counts it: what \
             draws, and room that was given back to the allocator\n",
            in_words::bytes(memory.before_bytes),
            in_words::bytes(counted),
            in_words::bytes(nobody)
        );
    }
    if let Some(ArrowTimes { frame_ms, beyond_rest_ms }) = bench.arrow_key() {
        words += &format!(
            "arrow keys, to take {ARROW_AIM_MS} ms at most: {beyond_rest_ms:.1} ms beyond a frame at rest, {frame_ms:.1} with it\n"
        );
    }
    let above = bench.above_frame_aim();
    let rows =
        above.iter().map(|row| format!("{} {:.1}", row.action, row.thread.p99_ms)).collect::<Vec<_>>().join(", ");
    words
        + &match above.is_empty() {
            true => format!("all rows below {FRAME_AIM_MS} ms p99\n"),
            false => format!("rows above {FRAME_AIM_MS} ms p99: {rows}\n"),
        }
}

fn row(action: &ActionTimes) -> String {
    let ActionTimes { action, thread, drawn, most_uploaded_bytes, most_looked_at, most_waiting, longest_did, .. } =
        action;
    let ms = |ms: Option<f64>| ms.map_or("-".to_owned(), |ms| format!("{ms:.1}"));
    let bytes = most_uploaded_bytes.map_or("-".to_owned(), in_words::bytes);
    let did = longest_did.first().map_or(String::new(), |part| format!("{} {:.1}", part.what.to_lowercase(), part.ms));
    let did: String = did.chars().take(29).collect();
    format!(
        "{action:<21}{:>4}{:>7.2}{:>7.2}{:>8.2}{:>8}{:>8}{bytes:>9}{:>10}{most_waiting:>8} {did}\n",
        thread.frames,
        thread.median_ms,
        thread.p99_ms,
        thread.worst_ms,
        ms(drawn.as_ref().map(|drawn| drawn.median_ms)),
        ms(drawn.as_ref().map(|drawn| drawn.worst_ms)),
        thousands(usize::try_from(*most_looked_at).unwrap_or(usize::MAX)),
    )
}
