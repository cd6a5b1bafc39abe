"""Writes seeds/imports: a file of each kind of `tests/golden/datasets`, after the byte that says which it is."""

from pathlib import Path

HERE = Path(__file__).parent
# In the order of `fuzz_targets/imports.rs`.
FILES = [
    "coco_train.json",
    "yolo/data.yaml",
    "yolo/labels/train/picture_2.txt",
    "voc/Annotations/picture_2.xml",
    "voc/ImageSets/Main/train.txt",
    "labels.csv",
    "semicolons.csv",
    "boxes_corners.csv",
    "boxes_sides.csv",
    "hugging_face_csv/train/metadata.csv",
    "hugging_face_lists_jsonl/train/metadata.jsonl",
    "hugging_face_tables_jsonl/train/metadata.jsonl",
    "hugging_face_lists_parquet/train/metadata.parquet",
    "hugging_face_tables_parquet/train/metadata.parquet",
    "shard-train-000.tar",
    "shard-val-boxes.tar",
]


def main() -> None:
    folder = HERE / "seeds/imports"
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(FILES):
        content = (HERE / "../golden/datasets" / name).read_bytes()
        if name.endswith(".tar"):
            # Two blocks of zeros end an archive; what comes after them fills it up.
            content = content.rstrip(b"\0")
            content += b"\0" * (-len(content) % 512 + 1024)
        seed = name.replace("/", "_").replace(".", "_")
        (folder / seed).write_bytes(bytes([number]) + content)
    # One whose format has to be found out.
    (folder / "found_out").write_bytes(bytes([len(FILES)]) + (HERE / "../golden/datasets" / FILES[0]).read_bytes())


if __name__ == "__main__":
    main()
