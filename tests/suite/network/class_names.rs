//! Classes by name: which layers' channels they are, how numbers become probabilities, and lists that do not fit.

use tiramisu::domain::ClassScale;
use tiramisu::network::{Activation, Graph, GraphBuilder, Linear, Op, Source, Weights, analytic};

use super::{Files, load_golden};

/// A fully connected layer of two classes, and these after it.
fn with_end(ends: Vec<Op>) -> Graph {
    let mut builder = GraphBuilder::new([3, 2, 2]).unwrap();
    let weight = Weights::new(vec![2, 12], vec![0.5; 24]);
    let mut at = builder.push("fc", "Linear", Op::Linear(Linear { weight, bias: None }), &[Source::Input]).unwrap();
    for (place, op) in ends.into_iter().enumerate() {
        at = builder.push(&format!("end{place}"), "end", op, &[at]).unwrap();
    }
    let mut graph = builder.finish("net", analytic::graph().preprocessing).unwrap();
    graph.labels = Some(vec!["cat".to_owned(), "dog".to_owned()]);
    graph
}

fn read_at(graph: &Graph) -> (String, ClassScale) {
    (graph.nodes[graph.class_layer().unwrap()].name.clone(), graph.class_scale())
}

#[test]
fn a_softmax_is_not_taken_twice_whatever_gives_it_another_shape_afterwards() {
    let of = |ends: Vec<Op>| read_at(&with_end(ends));
    let softmax = ClassScale::Softmax;
    assert_eq!(of(vec![]), ("fc".to_owned(), softmax));
    assert_eq!(of(vec![Op::Softmax]), ("fc".to_owned(), softmax));
    assert_eq!(of(vec![Op::Softmax, Op::Flatten]), ("fc".to_owned(), softmax));
    assert_eq!(of(vec![Op::Softmax, Op::Identity, Op::Flatten]), ("fc".to_owned(), softmax));
    assert_eq!(of(vec![Op::Flatten]), ("end0".to_owned(), softmax));
    // Probabilities of each class by itself, which do not add up to one.
    let sigmoid = || Op::Activate(Activation::Sigmoid);
    assert_eq!(of(vec![sigmoid()]), ("end0".to_owned(), ClassScale::AsTheyAre));
    assert_eq!(of(vec![sigmoid(), Op::Flatten]), ("end1".to_owned(), ClassScale::AsTheyAre));
}

#[test]
fn channels_bear_the_names_of_classes_as_far_back_as_they_stay_apart() {
    let mut graph = load_golden("old");
    let names = graph.class_names();
    assert_eq!(names.channel_title("prob", 1), "#1", "a network without a list names none");
    graph.labels = Some(["one", "two", "three", "four", "five"].map(str::to_owned).to_vec());
    let names = graph.class_names();
    for layer in ["fc", "drop", "prob"] {
        assert_eq!(names.channel_title(layer, 1), "two", "{layer}");
    }
    assert_eq!(names.class_of("fc", 5), None, "there are five");
    for layer in ["concat", "conv2", "conv1"] {
        assert_eq!(names.channel_title(layer, 1), "#1", "{layer} mixes channels");
    }
}

#[test]
fn a_list_that_a_person_brings_must_fit() {
    let files = Files::copy_of("old");
    let mut graph = load_golden("old");
    files.write("five.txt", "n00000001 a\nb, c\n\nd\ne\nf\n");
    graph.name_classes(&files.path("five.txt")).unwrap();
    assert_eq!(graph.labels.as_deref().unwrap(), ["a", "b, c", "d", "e", "f"]);
    files.write("four.txt", "a\nb\nc\nd\n");
    files.write("six.txt", "a\nb\nc\nd\ne\nf\n");
    for (file, said) in [
        ("four.txt", "names 4 classes, but old has 5"),
        ("four.txt", "`background`"),
        ("six.txt", "names 6 classes, but old has 5"),
        ("none.txt", "cannot be read"),
        ("", "no plain file"),
    ] {
        let message = graph.name_classes(&files.path(file)).unwrap_err().to_string();
        assert!(message.contains(said) && message.ends_with(file), "{file}: {message}");
    }
}
