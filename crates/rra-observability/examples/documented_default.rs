//! Prints a configuration file with every key, its default and what it is for, to begin one's own with.
#![expect(clippy::print_stdout, reason = "a program that prints a file")]

fn main() {
    print!("{}", rra_observability::Config::documented_default());
}
