#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::collections::BTreeMap;

use super::*;
use crate::chain::reseal;
use crate::inputs::Inputs;

const FIRST: &str = "\
[table.users.columns]
id = { type = \"bigint\", primary_key = true }
name = \"text\"

[table.notes.columns]
id = { type = \"bigint\", primary_key = true }
owner_id = { type = \"bigint?\", references = \"users.id\" }
";

const SECOND: &str = "\
[table.users.columns]
id = { type = \"bigint\", primary_key = true }
handle = \"text\"

[table.\"a<b>\".columns]
id = { type = \"bigint\", primary_key = true }
user_id = { type = \"bigint\", references = \"users.id\" }
price = \"decimal(10,2)\"

[table.notes.columns]
id = { type = \"bigint\", primary_key = true }
owner_id = { type = \"bigint?\", references = \"users.id\" }
";

/// Two migrations, with whatever could be taken for markup in their texts.
fn analysis() -> Analysis {
    let mut analysis = drafted(&[FIRST, SECOND]);
    assert!(analysis.diagnostics.is_empty(), "{:?}", analysis.diagnostics);
    analysis.config.dialects = vec![Dialect::Sqlite, Dialect::Postgres];
    analysis
}

fn drafted(schemas: &[&str]) -> Analysis {
    let mut texts = BTreeMap::from([("whimbrel.toml".to_owned(), String::new())]);
    for (index, schema) in schemas.iter().enumerate() {
        texts.insert("schema/a.toml".to_owned(), (*schema).to_owned());
        let mut analysis = Analysis::new(Inputs::default().with_texts(&texts));
        let mut wishes = crate::draft::Wishes::default();
        if index == 1 {
            wishes.renamed_columns.insert(("users".into(), "handle".into()), "name".into());
        }
        let draft = crate::draft::draft(&mut analysis, "change", &wishes, &|code| code).unwrap().unwrap();
        let directory = format!("migrations/{}", draft.revision);
        let code = if index == 1 {
            let code = draft.code.replacen("// Change.", "// Change | <b>it</b>.", 1);
            code.replacen("    Ok(())\n", "    db.data(|_| Ok(()))?;\n    Ok(())\n", 1)
        } else {
            draft.code
        };
        texts.insert(format!("{directory}/migration.rs"), code);
        texts.insert(format!("{directory}/snapshot.toml"), draft.snapshot.to_string());
    }
    let analysis = Analysis::new(Inputs::default().with_texts(&texts));
    assert!(reseal(&analysis.chain).is_empty());
    analysis
}

#[test]
fn text_stays_text_and_the_diagram_has_the_neighbours() {
    let reviews = review(&analysis(), &|revision| revision == "0002_change");
    insta::assert_snapshot!("markdown", markdown(&reviews));
    insta::assert_snapshot!("json", json(&reviews, "mail"));
    let page = html(&reviews, "mail");
    insta::assert_snapshot!("html", page);
    assert!(!page.contains("<b>") && !page.contains("http://") || page.matches("http://").count() == 1);
}

#[test]
fn a_review_says_the_same_wherever_it_is_made() {
    let texts =
        [review(&analysis(), &|_| true), review(&analysis(), &|_| true)].map(|reviews| markdown(&reviews));
    assert_eq!(texts[0], texts[1]);
    assert!(!texts[0].contains(env!("CARGO_MANIFEST_DIR")));
}
