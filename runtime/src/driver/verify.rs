//! A look at rows that must not be there.

use whimbrel_schema::Verify;

use super::{Cell, Driver, Fault, FaultKind, Row, during};

/// Fails if there are such rows, with the keys of the first of them.
pub(super) fn verify(
    driver: &mut dyn Driver,
    Verify { count, sample, wrong }: &Verify,
) -> Result<usize, Fault> {
    let found = driver.execute(count, &[])?.into_iter().flatten().next().and_then(Cell::integer);
    match found {
        Some(0) => return Ok(1),
        Some(_) => {}
        None => {
            return Err(Fault::new(FaultKind::Other, format!("the server counts no rows{}", during(count))));
        }
    }
    let rows = sample.as_ref().map_or(Ok(Vec::new()), |sample| driver.execute(sample, &[]))?;
    let key = |row: Row| {
        let cells = row.into_iter().map(|cell| cell.shown().unwrap_or_else(|| "NULL".to_owned()));
        cells.collect::<Vec<_>>().join(", ")
    };
    let keys: Vec<String> = rows.into_iter().map(key).collect();
    let keys = if keys.is_empty() { String::new() } else { format!(": {}", keys.join("; ")) };
    Err(Fault::new(FaultKind::Other, format!("{wrong}{keys}{}", during(count))))
}
