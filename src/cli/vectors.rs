//! `tiramisu vectors FOLDER --name NAME < rows`

use clap::Args as ClapArgs;

use super::adopting::Adopting;
use super::arguments::{Arguments, COMMITTED_STAYS};
use super::{Console, Outcome};
use crate::engine::AdoptKind;

/// Stores vectors of your own, to be looked at like those of a network: choose them with `--network NAME`, or in the window's
/// menu Network. Neighbours, maps, clusters, indices, queries and exports work on them; what needs a network, such as heat maps,
/// does not.
///
/// They come as an Arrow stream on standard input: a column `path` or `id` says which image a row is of, and each fixed-size list
/// of float16 or float32 is a layer, called like its column. Pictures of the folder that are not on record are recorded. Storing
/// vectors under the same name again replaces those of the same images and adds the others.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
In Python (pip install tiramisu-vision):
  import tiramisu_vision as tiramisu
  work = tiramisu.from_vectors('/home/me/Pictures', paths, array, name='clip')

With pyarrow alone:
  import subprocess, pyarrow as pa
  vectors = pa.FixedSizeListArray.from_arrays(array.astype('float32').ravel(), array.shape[1])
  rows = pa.table({'path': paths, 'vector': vectors})
  verb = subprocess.Popen(['tiramisu', 'vectors', '/home/me/Pictures', '--name', 'clip'], stdin=subprocess.PIPE)
  with verb.stdin as pipe, pa.ipc.new_stream(pipe, rows.schema) as out:
      out.write_table(rows, max_chunksize=4096)
  assert verb.wait() == 0

In the shell:
  tiramisu vectors ~/Pictures --name clip --about 'CLIP ViT-B/32, by our notebook' < rows.arrows
  tiramisu neighbours ~/Pictures/cats/tom.jpg --network clip
  tiramisu project ~/Pictures --network clip --out map.csv

Exit codes: 3 if some rows were left out; the answer says which and why.")]
pub struct VectorsArgs {
    /// What to call them; no network may be called so
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What to call the layer, if there is only one column of vectors [default: the column's name]
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// Where they come from, in words; the window shows it
    #[arg(long, value_name = "TEXT", default_value = "")]
    about: String,
    /// Where they go
    #[command(flatten)]
    adopting: Adopting,
}

impl Arguments for VectorsArgs {
    fn wants_json(&self) -> bool {
        self.adopting.json
    }

    fn what_stays(&self) -> &'static str {
        COMMITTED_STAYS
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        let (name, layer, about) = (self.name.clone(), self.layer.clone(), self.about.clone());
        self.adopting.run("vectors", AdoptKind::Vectors { name, layer, about }, console)
    }
}
