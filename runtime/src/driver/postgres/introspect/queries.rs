//! What is asked of the catalogue. The one parameter is the number of a schema.

/// How everything is spelled that is read, until the transaction ends. Temporary tables of the session come
/// last, so that none stands before a table of the schema.
pub(super) const SETTINGS: &str = "SELECT set_config('search_path', \
    (SELECT string_agg(quote_ident(s.name), ', ' ORDER BY s.place) || ', pg_temp' \
    FROM unnest(current_schemas(false)) WITH ORDINALITY AS s (name, place)), true), \
    set_config('datestyle', 'ISO, YMD', true), \
    set_config('intervalstyle', 'postgres', true), set_config('timezone', 'UTC', true), \
    set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true), \
    set_config('standard_conforming_strings', 'on', true), \
    set_config('transform_null_equals', 'off', true), set_config('quote_all_identifiers', 'off', true)";

pub(super) const RELATIONS: &str = "SELECT c.oid, c.relname, c.relkind, c.relpersistence, \
    array_to_string(c.reloptions, E'\\n'), obj_description(c.oid, 'pg_class'), c.relispartition, \
    EXISTS (SELECT 1 FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)), \
    c.relrowsecurity, c.reloftype <> 0, m.amname, \
    CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END \
    FROM pg_class c LEFT JOIN pg_am m ON m.oid = c.relam \
    WHERE c.relnamespace = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') \
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid \
    AND (d.deptype = 'e' OR (c.relkind = 'S' AND d.deptype IN ('a', 'i') \
    AND d.refclassid = 'pg_class'::regclass))) ORDER BY c.relname";

/// A column numbered by `serial` has the default that is the last but two; an identity has a sequence as well.
pub(super) const COLUMNS: &str = "SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), \
    CASE WHEN t.typtype = 'e' AND t.typnamespace = (SELECT n.oid FROM pg_namespace n \
    WHERE n.nspname = current_schema()) THEN t.typname END, \
    a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text, \
    CASE WHEN a.attcollation <> t.typcollation THEN l.collname END, col_description(a.attrelid, a.attnum), \
    CASE WHEN s.deptype = 'a' THEN 'nextval(' || quote_literal(s.objid::regclass) || '::regclass)' END, \
    q.seqincrement, COALESCE(q.seqcycle, false) \
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid \
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
    LEFT JOIN pg_collation l ON l.oid = a.attcollation \
    LEFT JOIN LATERAL (SELECT o.objid, o.deptype FROM pg_depend o JOIN pg_sequence x ON x.seqrelid = o.objid \
    WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass \
    AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.deptype IN ('a', 'i') \
    ORDER BY o.objid LIMIT 1) s ON true \
    LEFT JOIN pg_sequence q ON q.seqrelid = s.objid \
    WHERE c.relnamespace = $1 AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped \
    ORDER BY a.attrelid, a.attnum";

/// Columns that not every version has are asked for by way of JSON.
pub(super) const CONSTRAINTS: &str = "SELECT o.oid, o.conrelid, o.conname, o.contype, \
    CASE WHEN f.relnamespace = $1 THEN f.relname END, o.confupdtype, o.confdeltype, o.condeferrable, \
    o.condeferred, o.convalidated, \
    CASE WHEN o.contype = 'c' THEN pg_get_expr(o.conbin, o.conrelid) END, \
    NULLIF(concat_ws(', ', \
    CASE WHEN o.contype = 'c' AND o.connoinherit THEN 'is NO INHERIT' END, \
    CASE WHEN o.contype = 'f' AND o.confmatchtype <> 's' THEN 'is MATCH FULL' END, \
    CASE WHEN to_jsonb(o) ->> 'confdelsetcols' IS NOT NULL THEN 'sets some of its columns only' END, \
    CASE WHEN to_jsonb(x) ->> 'indnullsnotdistinct' = 'true' THEN 'takes NULL only once' END, \
    CASE WHEN x.indnatts <> x.indnkeyatts THEN 'has columns that are not in its key (INCLUDE)' END), ''), \
    pg_get_constraintdef(o.oid) \
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid LEFT JOIN pg_class f ON f.oid = o.confrelid \
    LEFT JOIN pg_index x ON x.indexrelid = o.conindid AND o.contype IN ('p', 'u') \
    WHERE c.relnamespace = $1 AND c.relkind = 'r' AND o.contype IN ('p', 'u', 'f', 'c', 'x') \
    ORDER BY o.conrelid, o.conname";

pub(super) const CONSTRAINT_COLUMNS: &str = "SELECT o.oid, k.referenced, a.attname \
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid CROSS JOIN LATERAL ( \
    SELECT false AS referenced, o.conrelid AS relation, number, place \
    FROM unnest(o.conkey) WITH ORDINALITY AS u (number, place) UNION ALL \
    SELECT true, o.confrelid, number, place FROM unnest(o.confkey) WITH ORDINALITY AS u (number, place)) k \
    JOIN pg_attribute a ON a.attrelid = k.relation AND a.attnum = k.number \
    WHERE c.relnamespace = $1 AND c.relkind = 'r' AND o.contype IN ('p', 'u', 'f') \
    ORDER BY o.oid, k.referenced, k.place";

pub(super) const INDEXES: &str = "SELECT x.indexrelid, x.indrelid, i.relname, x.indisunique, m.amname, \
    x.indisvalid AND x.indisready, pg_get_expr(x.indpred, x.indrelid), \
    NULLIF(concat_ws(', ', 'has the options ' || array_to_string(i.reloptions, ', '), \
    CASE WHEN to_jsonb(x) ->> 'indnullsnotdistinct' = 'true' THEN 'takes NULL only once' END), ''), \
    pg_get_indexdef(x.indexrelid) \
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid \
    JOIN pg_am m ON m.oid = i.relam \
    WHERE c.relnamespace = $1 AND c.relkind = 'r' AND NOT EXISTS (SELECT 1 FROM pg_constraint o \
    WHERE o.conindid = x.indexrelid AND o.contype IN ('p', 'u', 'x')) ORDER BY x.indrelid, i.relname";

pub(super) const INDEX_PARTS: &str = "SELECT x.indexrelid, k.place <= x.indnkeyatts, a.attname, \
    CASE WHEN k.number = 0 THEN pg_get_indexdef(x.indexrelid, k.place::int, false) END, \
    COALESCE(x.indoption[k.place - 1] & 1, 0) <> 0, COALESCE(x.indoption[k.place - 1] & 2, 0) <> 0, \
    CASE WHEN NOT p.opcdefault THEN p.opcname END \
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid \
    CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (number, place) \
    LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number AND k.number <> 0 \
    LEFT JOIN pg_opclass p ON p.oid = x.indclass[k.place - 1] \
    WHERE c.relnamespace = $1 AND c.relkind = 'r' ORDER BY x.indexrelid, k.place";

pub(super) const ENUM_VALUES: &str = "SELECT t.typname, e.enumlabel, obj_description(t.oid, 'pg_type') \
    FROM pg_type t LEFT JOIN pg_enum e ON e.enumtypid = t.oid \
    WHERE t.typnamespace = $1 AND t.typtype = 'e' AND NOT EXISTS (SELECT 1 FROM pg_depend d \
    WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e') \
    ORDER BY t.typname, e.enumsortorder";

pub(super) const TRIGGERS: &str = "SELECT g.tgrelid, g.tgname, pg_get_triggerdef(g.oid), g.tgenabled, \
    f.oid::regprocedure::text, CASE WHEN f.oid IS NOT NULL THEN pg_get_functiondef(f.oid) END, \
    count(*) OVER (PARTITION BY g.tgfoid) \
    FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid \
    LEFT JOIN pg_proc f ON f.oid = g.tgfoid AND f.pronamespace = $1 AND NOT EXISTS (SELECT 1 FROM pg_depend d \
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e') \
    WHERE c.relnamespace = $1 AND NOT g.tgisinternal ORDER BY g.tgname, c.relname";

pub(super) const OTHERS: &str = "SELECT o.object, o.relation, o.part FROM ( \
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END \
    || p.oid::regprocedure::text AS object, NULL::oid AS relation, false AS part FROM pg_proc p \
    WHERE p.pronamespace = $1 AND NOT EXISTS (SELECT 1 FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid \
    WHERE g.tgfoid = p.oid AND NOT g.tgisinternal AND c.relnamespace = $1) AND NOT EXISTS (SELECT 1 \
    FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i')) \
    UNION ALL \
    SELECT CASE t.typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END || t.typname, NULL, false FROM pg_type t \
    WHERE t.typnamespace = $1 AND t.typtype IN ('d', 'r') AND NOT EXISTS (SELECT 1 FROM pg_depend d \
    WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e') \
    UNION ALL \
    SELECT 'extension ' || e.extname, NULL, false FROM pg_extension e WHERE e.extnamespace = $1 \
    UNION ALL \
    SELECT 'policy ' || p.polname || ' on ' || c.relname, c.oid, true FROM pg_policy p \
    JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = $1 \
    UNION ALL \
    SELECT 'rule ' || r.rulename || ' on ' || c.relname, c.oid, true FROM pg_rewrite r \
    JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = $1 AND r.rulename <> '_RETURN' \
    UNION ALL \
    SELECT 'statistics ' || s.stxname, s.stxrelid, false FROM pg_statistic_ext s \
    WHERE s.stxnamespace = $1) o ORDER BY o.object";
