CREATE TABLE customers (
    id INT AUTO_INCREMENT PRIMARY KEY,
    email VARCHAR(320) NOT NULL UNIQUE,
    `first name` VARCHAR(80) NOT NULL DEFAULT '',
    vip TINYINT(1) NOT NULL DEFAULT 0,
    balance DECIMAL(10,2) DEFAULT 0.00,
    joined DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'It''s when they came.',
    recommended_by INT,
    folded VARCHAR(320) GENERATED ALWAYS AS (lower(email)) STORED,
    profile JSON DEFAULT '{"a": 1}',
    size ENUM ('s', 'm', 'it''s') DEFAULT 'm',
    flags SET ('a', 'b'),
    CHECK (balance >= 0 OR vip),
    FOREIGN KEY (recommended_by) REFERENCES customers (id) ON DELETE SET NULL
) COMMENT = 'Who buys, and who may.';
CREATE INDEX customers_joined ON customers (joined DESC);
CREATE INDEX customers_prefix ON customers (email(12));

CREATE TABLE `group` (
    `select` INT NOT NULL,
    `order` VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `from` LONGBLOB,
    PRIMARY KEY (`select`, `order`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE orders (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    customer INT NOT NULL,
    state VARCHAR(10) NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'sent')),
    note LONGTEXT,
    FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE
);

CREATE TABLE `order details` (
    `order` BIGINT NOT NULL,
    line SMALLINT NOT NULL,
    `select` INT,
    `where` VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    price DOUBLE NOT NULL,
    PRIMARY KEY (`order`, line),
    UNIQUE (`order`, price),
    CONSTRAINT `of order` FOREIGN KEY (`order`) REFERENCES orders (id) ON DELETE CASCADE,
    FOREIGN KEY (`select`, `where`) REFERENCES `group` (`select`, `order`)
);
CREATE UNIQUE INDEX `order details by price` ON `order details` (price DESC, `order`);

CREATE VIEW paid AS
SELECT o.id, c.email, sum(d.price) AS total
FROM orders o JOIN customers c ON c.id = o.customer JOIN `order details` d ON d.`order` = o.id
WHERE o.state = 'paid'
GROUP BY o.id, c.email;
CREATE VIEW big AS SELECT * FROM paid WHERE total > 100;

CREATE TRIGGER orders_sent AFTER UPDATE ON orders FOR EACH ROW
    UPDATE customers SET vip = vip OR NEW.state = 'sent' WHERE id = NEW.customer;
CREATE FUNCTION twice (x INT) RETURNS INT RETURN 2 * x;
CREATE SEQUENCE numbers;
CREATE TABLE readings (at DATE NOT NULL, value INT) PARTITION BY RANGE (YEAR(at)) (
    PARTITION early VALUES LESS THAN (2026), PARTITION late VALUES LESS THAN MAXVALUE
);

INSERT INTO customers (email, `first name`) VALUES ('ada@example.org', 'Ada'), ('b@example.org', 'Bob');
INSERT INTO orders (customer, state) VALUES (1, 'paid'), (2, 'new');
INSERT INTO `order details` (`order`, line, price) VALUES (1, 1, 99.5), (1, 2, 20.0), (2, 1, 1.25);
