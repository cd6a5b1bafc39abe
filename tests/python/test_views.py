"""Views for other libraries hold what the workspace holds, in its order."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any, Generic, TypeVar

import numpy as np
import pytest

import tiramisu_vision as tiramisu

LAYER = "features.12.concat"


def test_pandas_gets_the_same_rows(work: tiramisu.Workspace) -> None:
    pytest.importorskip("pandas")
    frame = work.neighbours(3, count=4).to_pandas()
    assert list(frame["rank"]) == [1, 2, 3, 4] and frame["score"].is_monotonic_decreasing


def test_pillow_opens_an_image(work: tiramisu.Workspace) -> None:
    pytest.importorskip("PIL")
    image = work.images[0]
    width, height = work.images.table["width"][0].as_py(), work.images.table["height"][0].as_py()
    assert image.open().size == (width, height)
    small = image.thumbnail()
    assert small is not None and small[:2] == b"\xff\xd8"


def test_hugging_face_datasets_see_pictures_labels_and_vectors(work: tiramisu.Workspace) -> None:
    pytest.importorskip("datasets")
    near = work.neighbours(3, count=4)
    rows = near.to_datasets([LAYER])
    assert len(rows) == 4 and rows["id"][:] == near.ids.tolist()
    assert rows.features["label"].int2str(rows[0]["label"]) == near.labels[0]
    assert rows[1]["image"].size == (near.table["width"][1].as_py(), near.table["height"][1].as_py())
    np.testing.assert_array_equal(np.array(rows[LAYER][:], np.float32), near.vectors(LAYER).astype(np.float32))
    assert rows["score"][:] == near.table["score"].to_pylist()


def test_torch_sees_vectors_and_pictures(work: tiramisu.Workspace) -> None:
    torch = pytest.importorskip("torch")
    images = work.query("label in ('ferns', 'trees')")
    vectors = images.to_torch(LAYER)
    assert vectors.classes == ["ferns", "trees"] and len(vectors) == 12
    batches = list(torch.utils.data.DataLoader(vectors, batch_size=5))
    assert [len(batch[1]) for batch in batches] == [5, 5, 2]
    np.testing.assert_array_equal(batches[0][0].numpy(), images.vectors(LAYER)[:5].astype(np.float32))
    assert [vectors.classes[number] for _, number in vectors] == images.labels
    # Workers get the data by pickle.
    spawned = torch.utils.data.DataLoader(vectors, batch_size=5, num_workers=1, multiprocessing_context="spawn")
    assert all(torch.equal(ours, theirs) for batch, other in zip(batches, spawned, strict=True) for ours, theirs in zip(batch, other))
    picture, number = images.to_torch(transform=lambda picture: picture.size)[11]
    assert picture == (images.table["width"][11].as_py(), images.table["height"][11].as_py()) and number == 1


def test_what_torch_would_see_is_in_the_order_of_images(work: tiramisu.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where torch, which is large, is not installed: with a stand-in that does what it does with an array."""
    if importlib.util.find_spec("torch") is not None:
        pytest.skip("torch is here, and is asked itself")
    torch, utils, data = ModuleType("torch"), ModuleType("torch.utils"), ModuleType("torch.utils.data")
    torch.__dict__.update(Tensor=np.ndarray, from_numpy=lambda array: array, utils=utils)
    item = TypeVar("item")
    data.__dict__["Dataset"] = _dataset(item)
    for name, module in {"torch": torch, "torch.utils": utils, "torch.utils.data": data}.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delitem(sys.modules, "tiramisu_vision.torch", raising=False)
    images = work.query("label in ('ferns', 'trees')")
    vectors = images.to_torch(LAYER)
    assert [vectors.classes[number] for _, number in vectors] == images.labels
    np.testing.assert_array_equal(np.stack([vector for vector, _ in vectors]), images.vectors(LAYER).astype(np.float32))
    pictures = images.to_torch(transform=lambda picture: (picture.mode, picture.size))
    assert pictures[11] == (("RGB", (images.table["width"][11].as_py(), images.table["height"][11].as_py())), 1)
    # What was made with the stand-in is for nobody else.
    sys.modules.pop("tiramisu_vision.torch")


def _dataset(item: TypeVar) -> type:
    class Dataset(Generic[item]):
        pass

    return Dataset


def test_what_fiftyone_would_get_is_in_the_order_of_images(own: tiramisu.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where FiftyOne, which brings a database, is not installed: with a stand-in that keeps what it is given."""
    if importlib.util.find_spec("fiftyone") is not None:
        pytest.skip("FiftyOne is here, and is asked itself")

    class Sample(dict[str, Any]):
        pass

    class Dataset:
        def __init__(self, name: str | None) -> None:
            self.name, self.samples = name, list[Sample]()

        def add_samples(self, samples: list[Sample]) -> None:
            self.samples += samples

    fiftyone = ModuleType("fiftyone")
    fiftyone.__dict__.update(Sample=Sample, Dataset=Dataset, Classification=lambda label: label)
    monkeypatch.setitem(sys.modules, "fiftyone", fiftyone)
    own.tag("odd", own.images[1::2])
    near = own.neighbours(4, count=3)
    made = near.to_fiftyone("near", [LAYER])
    assert made.name == "near" and [sample["filepath"] for sample in made.samples] == [str(path) for path in near.paths]
    assert [sample["ground_truth"] for sample in made.samples] == near.labels
    assert [sample["tags"] for sample in made.samples] == [["odd"] if id % 2 else [] for id in near.ids]
    assert [sample["rank"] for sample in made.samples] == [1, 2, 3]
    np.testing.assert_array_equal([sample[fiftyone_field()] for sample in made.samples], near.vectors(LAYER))
    sys.modules.pop("tiramisu_vision.fiftyone")


def test_fiftyone_gets_samples_with_labels_tags_and_vectors(own: tiramisu.Workspace) -> None:
    fiftyone = pytest.importorskip("fiftyone")
    own.tag("odd", own.images[1::2])
    dataset = own.images.to_fiftyone(layers=[LAYER])
    samples = list(dataset)
    assert [sample.filepath for sample in samples] == [str(path) for path in own.images.paths]
    assert [sample.ground_truth.label for sample in samples] == own.images.labels
    assert [sample.tags for sample in samples] == [["odd"] if place % 2 else [] for place in range(11)]
    stored = np.array([sample[fiftyone_field()] for sample in samples])
    np.testing.assert_array_equal(stored, own.vectors(LAYER).astype(np.float32))
    fiftyone.delete_dataset(dataset.name)


def fiftyone_field() -> str:
    return "features_12_concat"


@pytest.mark.parametrize(("package", "view"), [("torch", "to_torch"), ("datasets", "to_datasets"), ("fiftyone", "to_fiftyone")])
def test_a_package_that_is_lacking_is_said_with_what_to_do(
    package: str, view: str, work: tiramisu.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for module in ("torch", "huggingface", "fiftyone"):
        monkeypatch.delitem(sys.modules, f"tiramisu_vision.{module}", raising=False)
    with pytest.raises(ModuleNotFoundError, match=f"this needs {package}, which is not installed: pip install {package}"):
        getattr(work.images, view)()
