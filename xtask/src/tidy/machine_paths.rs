//! The repository names no path of anybody's machine: no home folder, not its own checkout.

use std::path::Path;

use super::finding::Finding;
use super::tree::TextFile;

/// Where home folders are, in two parts each, so that this file keeps its own rule.
const HOMES: [&str; 4] = [
    concat!("/", "home/"),
    concat!("/", "root/"),
    concat!("/", "Users/"),
    concat!("\\", "Users\\"),
];

/// Looks through one file; `checkout` is where the repository lies on this machine.
pub(super) fn check(file: &TextFile, checkout: &Path) -> Vec<Finding> {
    // A short path such as `/app` may well be meant for the reader's machine.
    let own = (checkout.components().count() > 2).then(|| checkout.to_string_lossy().into_owned());
    let needles: Vec<&str> = HOMES.into_iter().chain(own.as_deref()).collect();
    file.text
        .lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let needle = needles.iter().find(|needle| starts_a_path(line, needle))?;
            Some(Finding {
                rule: "machine_paths",
                file: file.path.clone(),
                line: index + 1,
                wrong: format!("`{needle}` exists on one machine only"),
                mend: "write the path relative to the repository, or one that holds everywhere"
                    .to_owned(),
            })
        })
        .collect()
}

/// Whether `needle` stands in the line where a path begins, not in the middle of a longer one.
fn starts_a_path(line: &str, needle: &str) -> bool {
    line.match_indices(needle).any(|(index, _)| {
        !line[..index].ends_with(|sign: char| sign.is_alphanumeric() || "./_-*}".contains(sign))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{HOMES, TextFile, check};

    fn breaches(text: &str) -> usize {
        let file = TextFile {
            path: "docs/a.md".to_owned(),
            text: text.to_owned(),
        };
        check(&file, Path::new("/srv/code/repository")).len()
    }

    #[test]
    fn a_home_folder_is_found() {
        assert_eq!(breaches(&format!("see {}jo/notes\n", HOMES[0])), 1);
    }

    #[test]
    fn the_checkout_is_found() {
        assert_eq!(breaches("cd /srv/code/repository/docs\n"), 1);
    }

    #[test]
    fn paths_that_hold_everywhere_are_clean() {
        assert_eq!(breaches("/var/log/rra/security.log\n"), 0);
        assert_eq!(
            breaches(&format!("https://example.org{}page\n", HOMES[0])),
            0
        );
    }
}
