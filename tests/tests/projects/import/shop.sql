CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    "first name" VARCHAR(80) NOT NULL DEFAULT '',
    vip BOOLEAN NOT NULL DEFAULT 0,
    balance DECIMAL(10,2) DEFAULT 0.00,
    joined DATETIME DEFAULT CURRENT_TIMESTAMP,
    recommended_by INTEGER REFERENCES customers (id) ON DELETE SET NULL,
    full_name TEXT GENERATED ALWAYS AS ("first name" || ' ' || email) VIRTUAL,
    CHECK (balance >= 0 OR vip)
);
CREATE INDEX customers_email ON customers (lower(email));
CREATE INDEX customers_vip ON customers (joined DESC) WHERE vip = 1;

CREATE TABLE "group" (
    "select" INTEGER NOT NULL,
    "order" TEXT NOT NULL,
    "from" BLOB,
    PRIMARY KEY ("select", "order")
) WITHOUT ROWID;

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer INT NOT NULL REFERENCES customers ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'sent')),
    note
);

CREATE TABLE "order details" (
    "order" INTEGER NOT NULL CONSTRAINT "of order" REFERENCES orders (id) ON DELETE CASCADE,
    line SMALLINT NOT NULL,
    "select" INTEGER,
    "where" TEXT,
    price REAL NOT NULL,
    PRIMARY KEY ("order", line),
    UNIQUE ("order", price) ON CONFLICT IGNORE,
    FOREIGN KEY ("select", "where") REFERENCES "group" ("select", "order") DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX "order details by price" ON "order details" (price DESC, "order");

CREATE VIEW paid AS
SELECT o.id, c.email, sum(d.price) AS total
FROM orders o JOIN customers c ON c.id = o.customer JOIN "order details" d ON d."order" = o.id
WHERE o.state = 'paid'
GROUP BY o.id;

CREATE VIEW big AS SELECT * FROM paid WHERE total > 100;

CREATE TRIGGER orders_sent AFTER UPDATE OF state ON orders WHEN new.state = 'sent'
BEGIN
    UPDATE customers SET vip = 1 WHERE id = new.customer;
END;

CREATE TRIGGER "no paid" INSTEAD OF DELETE ON paid
BEGIN
    SELECT RAISE(ABORT, 'paid is paid');
END;

CREATE VIRTUAL TABLE texts USING fts5 (body);
CREATE VIEW found AS SELECT body FROM texts;

INSERT INTO customers (email, "first name") VALUES ('ada@example.org', 'Ada'), ('b@example.org', 'Bob');
INSERT INTO orders (id, customer, state) VALUES (1, 1, 'paid'), (2, 2, 'new');
INSERT INTO "order details" ("order", line, price) VALUES (1, 1, 99.5), (1, 2, 20.0), (2, 1, 1.25);
INSERT INTO texts VALUES ('something to find');
