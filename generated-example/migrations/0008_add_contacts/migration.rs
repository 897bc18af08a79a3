// Add contacts.
//
// They are counted from the messages that are there, which takes a GROUP BY.

use super::v0008 as after;
use whimbrel::v1::*;

pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(after::Contacts)?;
    db.sql(
        "INSERT INTO contacts (owner_id, address, messages, latest_at)
         SELECT owner_id, lower(sender), count(*), max(received_at)
         FROM emails
         GROUP BY owner_id, lower(sender)",
    )
    .changes(after::Contacts)
    .run()?;
    Ok(())
}

pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(after::Contacts)?;
    Ok(())
}
