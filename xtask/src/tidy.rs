//! `cargo xtask tidy`: the rules of this repository that no compiler knows.

use crate::failure::Failure;

/// Runs every rule and prints what it finds.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<(), Failure> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    Ok(())
}
