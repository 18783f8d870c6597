//! The documented default: a configuration file that says what holds anyway.

use std::fmt::Write;

use rra_schema::configuration::{SETTINGS, Setting, VARIABLES};

/// Longest comment line, for terminals of 100 columns.
const COMMENT_COLUMNS: usize = 98;

/// Renders every setting with its comment.
pub(super) fn render() -> String {
    let mut text = String::from(
        "# The configuration of rra-observability, with every default.\n\
         # Code wins over the environment, the environment over this file.\n",
    );
    let mut section = "";
    for setting in SETTINGS {
        let (own_section, name) = setting.key.rsplit_once('.').unwrap_or(("", setting.key));
        text.push('\n');
        if own_section != section {
            section = own_section;
            write(&mut text, format_args!("[{section}]\n"));
        }
        render_setting(&mut text, name, setting);
    }
    text
}

fn render_setting(text: &mut String, name: &str, setting: &Setting) {
    comment(text, setting.meaning);
    let variable = VARIABLES
        .iter()
        .find(|row| row.setting == Some(setting.key));
    if let Some(variable) = variable {
        write(
            text,
            format_args!("# In the environment: {}\n", variable.name),
        );
    }
    // Without the feature http nothing can be served, so the address has no default.
    let has_default = setting.key != "metrics.address" || cfg!(feature = "http");
    match setting.default.filter(|_| has_default) {
        Some(default) => write(text, format_args!("{name} = {default}\n")),
        None => write(text, format_args!("# {name} = {}\n", setting.example)),
    }
}

/// Breaks a sentence into lines that begin with `# `.
fn comment(text: &mut String, sentence: &str) {
    let mut column = 0;
    for word in sentence.split(' ') {
        if column == 0 || column + word.len() >= COMMENT_COLUMNS {
            text.push_str(if column == 0 { "#" } else { "\n#" });
            column = 1;
        }
        text.push(' ');
        text.push_str(word);
        column += word.len() + 1;
    }
    text.push('\n');
}

fn write(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments)
        .expect("writing to a String cannot fail");
}
