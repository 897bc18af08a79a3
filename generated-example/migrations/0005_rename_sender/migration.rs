// Rename sender.

use super::{v0004 as before, v0005 as after};
use whimbrel::v1::*;

pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.alter_table(before::Emails, after::Emails, |emails| {
        emails.rename_column(before::Emails::FROM_ADDRESS, after::Emails::SENDER);
        emails.alter_column(before::Emails::FROM_ADDRESS, after::Emails::SENDER).backfill("unknown@invalid");
    })?;
    Ok(())
}

pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {
    db.alter_table(after::Emails, before::Emails, |emails| {
        emails.rename_column(after::Emails::SENDER, before::Emails::FROM_ADDRESS);
        emails.alter_column(after::Emails::SENDER, before::Emails::FROM_ADDRESS);
    })?;
    Ok(())
}
