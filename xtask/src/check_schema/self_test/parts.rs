//! Parts of the tables that mistakes change, and parts that mistakes add.

use crate::registry::{Event, Field, Label, Metric, Registry, Variable, Words};

pub(super) fn event<'a>(registry: &'a mut Registry, name: &str) -> &'a mut Event {
    registry
        .events
        .iter_mut()
        .find(|event| event.name == name)
        .expect("the catalogue has the type")
}

pub(super) fn field<'a>(registry: &'a mut Registry, of: &str, name: &str) -> &'a mut Field {
    field_of(event(registry, of), name)
}

pub(super) fn field_of<'a>(event: &'a mut Event, name: &str) -> &'a mut Field {
    event
        .fields
        .iter_mut()
        .find(|field| field.name == name)
        .expect("the type has the field")
}

pub(super) fn key<'a>(registry: &'a mut Registry, name: &str) -> &'a mut Field {
    registry
        .keys
        .iter_mut()
        .find(|key| key.name == name)
        .expect("the line has the key")
}

pub(super) fn metric<'a>(registry: &'a mut Registry, name: &str) -> &'a mut Metric {
    registry
        .metrics
        .iter_mut()
        .find(|metric| metric.name == name)
        .expect("the catalogue has the metric")
}

pub(super) fn words<'a>(lists: &'a mut [Words], name: &str) -> &'a mut Words {
    lists
        .iter_mut()
        .find(|list| list.name == name)
        .expect("the catalogue has the list")
}

pub(super) fn take_word(lists: &mut [Words], name: &str, word: &str) {
    words(lists, name).values.retain(|value| value != word);
}

pub(super) fn add_word(lists: &mut [Words], name: &str, word: &str) {
    words(lists, name).values.push(word.to_owned());
}

pub(super) fn set_form(field: &mut Field, form: &str) {
    form.clone_into(&mut field.form);
    (field.max_chars, field.minimum, field.words) = (None, None, None);
}

pub(super) fn a_field(name: &str, required: bool) -> Field {
    Field {
        name: name.to_owned(),
        required,
        form: "identifier".to_owned(),
        max_chars: Some(64),
        minimum: None,
        words: None,
        since: "1.1".to_owned(),
        summary: "A seeded mistake.".to_owned(),
    }
}

pub(super) fn a_label(name: &str) -> Label {
    Label {
        name: name.to_owned(),
        domain: "closed".to_owned(),
        words: Some("severity".to_owned()),
        max_values: None,
        reserved: Vec::new(),
    }
}

pub(super) fn a_variable(name: &str, default: &str) -> Variable {
    Variable {
        name: name.to_owned(),
        default: default.to_owned(),
        values: String::new(),
        setting: None,
        since: "0.1.0".to_owned(),
        summary: "A seeded mistake.".to_owned(),
    }
}
