// Create mail.

use super::v0001 as after;
use whimbrel::v1::*;

pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(after::Users)?;
    db.create_table(after::Emails)?;
    db.create_table(after::EmailAnalyses)?;
    db.create_table(after::GmailLabels)?;
    db.create_table(after::EmailLabels)?;
    Ok(())
}

pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(after::EmailAnalyses)?;
    db.drop_table(after::EmailLabels)?;
    db.drop_table(after::Emails)?;
    db.drop_table(after::GmailLabels)?;
    db.drop_table(after::Users)?;
    Ok(())
}
