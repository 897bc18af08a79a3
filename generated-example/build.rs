//! Checks the schema and its migrations, and generates `db`.

fn main() {
    whimbrel_build::emit();
}
