//! Where each fault of a group is tested: a row for each, and the tests that go red without its protection.
//!
//! B: what is compared and planned; I: seeds.

use std::fs;
use std::path::Path;

/// The fault, the file of the test below the repository, and the test. Of a case all laws hold.
const TESTED: &[(&str, &str, &str)] = &[
    // Renames; with another type, in circles, of tables and columns at once, of what is referenced.
    ("B01", "tests/tests/properties/main.rs", "laws_hold_for_random_pairs"),
    ("B01", "tests/tests/projects/commands.rs", "names_are_exchanged_by_the_command_line_alone"),
    ("B01", "tests/cases/exchange_columns.case", ""),
    ("B01", "tests/cases/exchange_tables.case", ""),
    ("B01", "tests/cases/rename_into_place.case", ""),
    ("B01", "tests/cases/rename_column_with_type.case", ""),
    ("B01", "tests/cases/rename_table_and_more.case", ""),
    ("B01", "tests/cases/rename_column_referenced.case", ""),
    ("B01", "tests/cases/rename_to_other_case.case", ""),
    // What may be a rename, hints that are done with, and hints that name nothing.
    ("B02", "tests/tests/projects/commands.rs", "a_rename_is_never_guessed"),
    ("B02", "tests/tests/projects/terminal.rs", "a_rename_is_asked_for_and_written_into_the_schema"),
    ("B02", "build-support/src/xtask/new/ask.rs", "a_rename_is_one_only_if_it_is_said_to_be"),
    ("B02", "tests/tests/laws.rs", "rest_a_second_diff_is_empty"),
    ("B02", "schema/tests/renames.rs", "a_hint_that_means_nothing_is_told"),
    ("B02", "schema/tests/renames.rs", "a_hint_that_is_done_with_is_inert"),
    // NOT NULL for rows that have no value.
    ("B03", "tests/tests/projects/commands.rs", "rows_without_a_value_are_refused"),
    ("B03", "tests/cases/add_column_without_backfill.case", ""),
    ("B03", "tests/cases/tighten_without_backfill.case", ""),
    // Types that hold less, or other values.
    ("B04", "tests/tests/types.rs", "every_pair_of_types_is_known"),
    ("B04", "tests/tests/types.rs", "lossless_is_what_loses_nothing"),
    ("B04", "tests/tests/types.rs", "narrowing_is_announced_and_what_fits_is_kept"),
    ("B04", "tests/tests/types.rs", "what_does_not_convert_by_itself_is_asked_for"),
    ("B04", "tests/tests/types.rs", "left_to_itself_sqlite_makes_nonsense"),
    ("B04", "tests/cases/type_using_back.case", ""),
    // Nothing is to do twice, in other words, or in another order.
    ("B07", "tests/tests/laws.rs", "what_means_the_same_is_no_change"),
    ("B07", "tests/tests/projects/commands.rs", "a_rename_is_never_guessed"),
    ("B07", "tests/cases/spelling_only.case", ""),
    ("B07", "tests/cases/reorder_only.case", ""),
    // Orders of migrations.
    ("B09", "build-support/src/chain/tests.rs", "numbers_are_compared_as_numbers"),
    ("B09", "build-support/src/chain/tests.rs", "a_number_stands_for_one_migration_and_grows"),
    // Snapshots that are edited, cut off, missing, or newer.
    ("B10", "build-support/src/chain/tests.rs", "a_snapshot_that_is_not_what_it_was_is_named"),
    ("B10", "tests/tests/projects/errors.rs", "whatever_is_wrong_is_a_compile_error"),
    // Rows that reference themselves, each other, and those behind them.
    ("I01", "tests/tests/engines/seeds/mod.rs", "i01_circles_are_loaded_and_cleaned"),
    ("I01", "schema/tests/reports.rs", "seed_files"),
    // Keys that are used up; more rows than a statement takes.
    ("I02", "schema/tests/seeds.rs", "a_full_column_is_a_permutation_and_one_more_is_an_error"),
    ("I02", "schema/tests/seeds.rs", "what_must_differ_does_by_construction"),
    ("I02", "tests/tests/engines/seeds/mod.rs", "i02_every_value_of_a_key_is_used_once"),
    // Twice, after an edit, with numbers of their own, and where something is in the way.
    ("I03", "tests/tests/engines/seeds/mod.rs", "cleaning_keeps_exactly_what_was_edited"),
    ("I03", "tests/tests/engines/seeds/mod.rs", "numbers_go_on_behind_those_that_are_loaded"),
    ("I03", "tests/tests/engines/seeds/mod.rs", "what_is_written_otherwise_is_loaded_anew"),
    // Awkward values; the same bytes everywhere.
    ("I04", "tests/tests/engines/seeds/mod.rs", "i04_values_are_the_same_everywhere"),
    ("I04", "tests/tests/engines/seeds/mod.rs", "the_same_rows_on_every_database"),
    ("I04", "schema/tests/seeds.rs", "golden"),
    ("I04", "schema/tests/seeds.rs", "texts_of_files_are_the_same_however_they_were_checked_out"),
];

/// Those of the group that are somebody else's: they need a server, or a merge.
const ELSEWHERE: [&str; 3] = ["B05", "B06", "B08"];

#[test]
fn every_fault_has_its_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for (fault, file, test) in TESTED {
        let text = fs::read_to_string(root.join(file));
        let text = text.unwrap_or_else(|error| panic!("{fault}: {file}: {error}"));
        let there = test.is_empty()
            || text.contains(&format!("#[test]\nfn {test}("))
            || text.contains(&format!("#[test]\n    fn {test}("));
        assert!(there, "{fault}: {file} has no test `{test}`");
    }
    for fault in
        (1..=10).map(|number| format!("B{number:02}")).chain((1..=4).map(|number| format!("I{number:02}")))
    {
        let tested = TESTED.iter().any(|(known, ..)| *known == fault);
        assert!(tested != ELSEWHERE.contains(&fault.as_str()), "{fault}");
    }
}
