// Retire scores.

use super::{v0005 as before, v0006 as after};
use whimbrel::v1::*;

pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.alter_table(before::EmailAnalyses, after::EmailAnalyses, |email_analyses| {
        email_analyses.drop_check(before::EmailAnalyses::EMAIL_ANALYSES_SCORE_CHECK);
        email_analyses.drop_column(before::EmailAnalyses::SCORE);
    })?;
    db.alter_table(before::Emails, after::Emails, |emails| {
        emails.alter_column(before::Emails::SIZE_BYTES, after::Emails::SIZE_BYTES);
    })?;
    Ok(())
}

pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {
    db.alter_table(after::EmailAnalyses, before::EmailAnalyses, |email_analyses| {
        email_analyses.restore_column(before::EmailAnalyses::SCORE).backfill(0.5);
        email_analyses.add_check(before::EmailAnalyses::EMAIL_ANALYSES_SCORE_CHECK);
    })?;
    db.alter_table(after::Emails, before::Emails, |emails| {
        emails.alter_column(after::Emails::SIZE_BYTES, before::Emails::SIZE_BYTES);
    })?;
    Ok(())
}
