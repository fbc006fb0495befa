//! Do the specification, the schema, the golden vectors and the code say the same?

mod golden;
mod properties;
mod random;
mod schema;
mod spec;

use dorcas_generate::Root;

fn root() -> Root {
    Root::of_this_repository()
}
