//! Who said a label, as the table has it: `hand`, `import:NAME`, or nothing where the import is not known.

use std::sync::Arc;

use crate::domain::LabelOrigin;

/// What stands there of a label that a person gave.
pub(super) const HAND: &str = "hand";
/// What the name of an import begins with: a file may be called `hand`, too.
const IMPORT: &str = "import:";

/// As it is written.
pub(super) fn written(origin: &LabelOrigin) -> Option<String> {
    match origin {
        LabelOrigin::SomeImport => None,
        LabelOrigin::Import(name) => Some(format!("{IMPORT}{name}")),
        LabelOrigin::Hand => Some(HAND.to_owned()),
    }
}

/// Origins as they are read. Most rows in a line are of the same import, whose name is held once.
#[derive(Default)]
pub(super) struct Origins {
    last: Option<Arc<str>>,
}

impl Origins {
    /// That which is written so. What nobody understands is no person's.
    pub(super) fn of(&mut self, written: Option<&str>) -> LabelOrigin {
        let Some(written) = written else { return LabelOrigin::SomeImport };
        if written == HAND {
            return LabelOrigin::Hand;
        }
        let Some(name) = written.strip_prefix(IMPORT) else { return LabelOrigin::SomeImport };
        let last = self.last.take().filter(|last| **last == *name).unwrap_or_else(|| Arc::from(name));
        LabelOrigin::Import(self.last.insert(last).clone())
    }
}
