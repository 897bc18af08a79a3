// Move signatures.
//
// They began as a preference under the key `signature`; now they have a table of their own, and the
// preferences no longer hold them.

use super::{v0003 as before, v0004 as after};
use whimbrel::v1::*;

pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(after::Signatures)?;
    db.insert_from(after::Signatures, before::UserPreferences)
        .set(after::Signatures::USER_ID, before::UserPreferences::USER_ID)
        .set(after::Signatures::BODY, before::UserPreferences::VALUE)
        .filter(before::UserPreferences::KEY.eq("signature"))
        .run()?;
    db.delete(before::UserPreferences).filter(before::UserPreferences::KEY.eq("signature")).run()?;
    Ok(())
}

pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {
    db.insert_from(before::UserPreferences, after::Signatures)
        .set(before::UserPreferences::USER_ID, after::Signatures::USER_ID)
        .set(before::UserPreferences::KEY, "signature")
        .set(before::UserPreferences::VALUE, after::Signatures::BODY)
        .run()?;
    db.drop_table(after::Signatures)?;
    Ok(())
}
