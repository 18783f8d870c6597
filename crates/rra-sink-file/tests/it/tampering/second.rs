//! The second opinion: `tests/python/verify_chain.py`, asked about many cases at once.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rra_sink_file::{AlterationKind, LineDigest, Verdict};

/// Files, anchors, and what our verifier said of them.
pub(super) struct Case {
    question: String,
    code: u8,
    place: Option<(PathBuf, u64)>,
}

impl Case {
    pub(super) fn new(files: &[PathBuf], anchors: &[LineDigest], verdict: &Verdict) -> Self {
        let mut question = String::from("{\"files\":[");
        let names: Vec<_> = files
            .iter()
            .map(|file| format!("{:?}", file.display().to_string()))
            .collect();
        let heads: Vec<_> = anchors
            .iter()
            .map(|anchor| format!("\"{anchor}\""))
            .collect();
        write!(
            question,
            "{}],\"anchors\":[{}]}}",
            names.join(","),
            heads.join(",")
        )
        .unwrap();
        let place = match verdict {
            // A fork shows between files, and where a damaged stream stops differs by library.
            Verdict::Altered(found)
                if !matches!(
                    found.kind,
                    AlterationKind::Fork | AlterationKind::Compression
                ) =>
            {
                Some((found.file.clone(), found.offset))
            }
            _ => None,
        };
        Self {
            question,
            code: verdict.exit_code(),
            place,
        }
    }

    /// Whether the answer, `[code, [[file, offset], ...]]`, has our class and our place.
    fn check(&self, answer: &str) {
        let question = &self.question;
        assert!(
            answer.starts_with(&format!("[{}, ", self.code)),
            "we say {}, Python says {answer} of {question}",
            self.code
        );
        if let Some((file, offset)) = &self.place {
            let place = format!("[{:?}, {offset}]", file.display().to_string());
            assert!(
                answer.contains(&place),
                "we say {place}, Python says {answer} of {question}"
            );
        }
    }
}

/// Asserts that Python judges every case as we did.
pub(super) fn agree(cases: &[Case]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python/verify_chain.py");
    let mut python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts; Debian has it in the package python3");
    let questions: Vec<_> = cases.iter().map(|case| case.question.as_str()).collect();
    let questions = questions.join("\n");
    let mut stdin = python.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(questions.as_bytes()).unwrap());
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), cases.len());
    for (case, answer) in cases.iter().zip(answers.lines()) {
        case.check(answer);
    }
}
