//! One sentence about the machine, without which a figure means little.

use std::fs;
use std::thread;

use crate::failure::Failure;
use crate::program::{output, program};

/// The processor, how many of it, the kernel, the compiler.
///
/// # Errors
/// When the compiler or `uname` cannot be asked.
pub(super) fn describe() -> Result<String, Failure> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let kernel = output(program("uname").args(["-s", "-r"]))?;
    let compiler = output(program("rustc").arg("--version"))?;
    // Only Linux has the file; elsewhere the processor stays unnamed.
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    Ok(format!(
        "Measured on {cores} × {}, {}, {}.",
        model(&processors),
        kernel.trim(),
        compiler.trim()
    ))
}

/// The model of the first processor.
fn model(processors: &str) -> &str {
    processors
        .lines()
        .filter(|line| line.starts_with("model name"))
        .find_map(|line| line.split_once(':'))
        .map_or("an unnamed processor", |(_, name)| name.trim())
}

#[cfg(test)]
mod tests {
    use super::model;

    #[test]
    fn the_first_processor_is_named() {
        let processors = "processor\t: 0\nmodel name\t: AMD EPYC\nprocessor\t: 1\n";
        assert_eq!(model(processors), "AMD EPYC");
        assert_eq!(model(""), "an unnamed processor");
    }
}
