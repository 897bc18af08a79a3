//! What a migration can say, and the steps that it gives.

use rusqlite::Connection;
use whimbrel::v1::*;
use whimbrel::{Apply, Downgrade, Migration, Migrator, Project, Reversal, Steps};

use crate::mail::{project, rows};

mod v {
    use whimbrel::types::*;
    use whimbrel::{Column, Table};

    pub(super) struct T;
    impl Table for T {
        const NAME: &'static str = "t";
        const VERSION: u32 = 1;
    }
    impl T {
        pub(super) const ID: Column<Self, BigInt> = Column::new("id");
        pub(super) const SMALL: Column<Self, Nullable<SmallInt>> = Column::new("small");
        pub(super) const WHOLE: Column<Self, Integer> = Column::new("whole");
        pub(super) const RATIO: Column<Self, Nullable<Double>> = Column::new("ratio");
        pub(super) const THIRD: Column<Self, Nullable<Real>> = Column::new("third");
        pub(super) const IS_ON: Column<Self, Boolean> = Column::new("is_on");
        pub(super) const NAME: Column<Self, Text> = Column::new("name");
        pub(super) const NICK: Column<Self, Nullable<Text>> = Column::new("nick");
        pub(super) const DATA: Column<Self, Nullable<Bytes>> = Column::new("data");
        pub(super) const DAY: Column<Self, Nullable<Date>> = Column::new("day");
        pub(super) const SEEN: Column<Self, Nullable<TimestampTz>> = Column::new("seen");
        pub(super) const PRICE: Column<Self, Nullable<Decimal>> = Column::new("price");
    }
}

use v::T;

fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(T)?;
    db.insert(T)
        .set(T::ID, 1)
        .set(T::SMALL, -7)
        .set(T::WHOLE, 70_000)
        .set(T::RATIO, 0.5)
        .set(T::THIRD, 0.25)
        .set(T::IS_ON, true)
        .set(T::NAME, "Ada")
        .set(T::NICK, NULL)
        .set(T::DATA, b"\x00\xff")
        .set(T::DAY, date("2026-01-31"))
        .set(T::SEEN, timestamptz("2026-01-31 23:59:59Z"))
        .set(T::PRICE, decimal("12.50"))
        .run()?;
    db.insert(T).set(T::ID, 2).set(T::WHOLE, 2).set(T::IS_ON, false).set(T::NAME, sql("'Bob'")).run()?;
    db.backfill(T::NICK, T::NAME.lower().concat("!")).run()?;
    db.update(T)
        .set(T::WHOLE, T::WHOLE.plus(1).times(2))
        .set(T::SMALL, T::SMALL.minus(1))
        .filter(T::ID.ge(1).and(T::NICK.eq("ada!").or(T::SMALL.is_null())).and(T::ID.is_in([1, 2, 3])))
        .run()?;
    db.delete(T)
        .filter(T::NAME.trim().upper().eq("BOB").and(T::SEEN.lt(now()).not()).or(sql("id > 9")))
        .run()?;
    db.update(T).set(T::SEEN, now()).filter(T::SEEN.is_not_null()).run()?;
    db.delete(T).filter(T::RATIO.gt(0.75).and(T::NAME.ne(T::NICK))).run()?;
    db.update(T).set(T::IS_ON, false).every_row().run()?;
    Ok(())
}

const STEPS: &[&str] = &[
    "create table t",
    "insert into t set id = 1, small = -7, whole = 70000, ratio = 0.5, third = 0.25, is_on = true, \
     name = \"Ada\", nick = null, data = bytes \"00ff\", day = date \"2026-01-31\", \
     seen = timestamptz \"2026-01-31 23:59:59\", price = decimal \"12.50\"",
    "insert into t set id = 2, whole = 2, is_on = false, name = sql(\"'Bob'\")",
    "backfill t.nick with (lower(t.name) || \"!\")",
    "update t set whole = ((t.whole + 1) * 2), small = (t.small - 1) where \
     (((t.id >= 1) and ((t.nick = \"ada!\") or (t.small is null))) and (t.id in [1, 2, 3]))",
    "delete from t where (((upper(trim(t.name)) = \"BOB\") and not((t.seen < now()))) or sql(\"id > 9\"))",
    "update t set seen = now() where not((t.seen is null))",
    "delete from t where ((t.ratio > 0.75) and (t.name <> t.nick))",
    "update t set is_on = false",
];

static PROJECT: Project = project(&[Migration {
    revision: "0001_all",
    parent: None,
    hash: "w1:1",
    snapshot: r#"
        format = 1
        revision = "0001_all"
        hazards = 1
        [table.t]
        primary_key = ["id"]
        [table.t.columns]
        id = "bigint"
        small = "smallint?"
        whole = "integer"
        ratio = "double?"
        third = "real?"
        is_on = "boolean"
        name = "varchar(20)"
        nick = "text?"
        data = "blob?"
        day = "date?"
        seen = "timestamptz?"
        price = "decimal(10,2)?"
    "#,
    upgrade: Steps { run: upgrade, steps: STEPS },
    downgrade: Downgrade::NothingToUndo("a test"),
    reversal: Reversal::Lossless,
    upgrade_destroys: &[],
    downgrade_destroys: &[],
}]);

#[test]
fn every_word_gives_its_step_and_runs() {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&PROJECT, &mut db).apply(Apply::All).unwrap();
    assert_eq!(
        rows(&db, "SELECT id, small, whole, ratio, is_on, name, nick, hex(data), day FROM t ORDER BY id"),
        ["1|-8|140002|0.5|0|Ada|ada!|00FF|2026-01-31", "2|NULL|6|NULL|0|Bob|bob!||NULL"]
    );
}
