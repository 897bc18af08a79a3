//! The recipe of the guide for tokio applications, on every database.

#[expect(dead_code, reason = "its `main` is for whoever runs the example")]
#[path = "../../../generated-example/examples/tokio.rs"]
mod recipe;

use generated_example::db::PROJECT;
use tokio::runtime::Builder;

use crate::engine::engines;

#[test]
fn a_tokio_application_migrates_on_a_thread_for_it() {
    for engine in engines() {
        // Some program runs its tasks on one thread, and another on several.
        for (mut runtime, applied) in
            [(Builder::new_current_thread(), PROJECT.migrations.len()), (Builder::new_multi_thread(), 0)]
        {
            let report = runtime.worker_threads(2).build().unwrap().block_on(recipe::migrate(engine.url()));
            let report = report.unwrap_or_else(|error| panic!("{}: {error}", engine.name()));
            assert_eq!(report.completed.len(), applied, "{}", engine.name());
        }
    }
}
