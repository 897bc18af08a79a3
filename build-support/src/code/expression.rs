//! Values and conditions in data statements.

use syn::spanned::Spanned;
use syn::{Expr, Lit};
use whimbrel_schema::{
    Code, ColumnType, Diagnostic, Dialect, Expression, Float, Function, Object, Operator, Sql, Value,
    not_an_expression,
};

use super::{TokenUse, Tokens, opaque, span};

/// A value or condition that was read, together with the columns it names.
pub(super) struct Reader<'a, 'v> {
    pub(super) tokens: &'a Tokens<'v>,
    pub(super) uses: Vec<TokenUse>,
}

impl Reader<'_, '_> {
    pub(super) fn read(&mut self, expression: &Expr) -> Result<Expression, Diagnostic> {
        match expression {
            Expr::Paren(inner) => self.read(&inner.expr),
            Expr::Group(inner) => self.read(&inner.expr),
            Expr::Lit(literal) => self.literal(&literal.lit, false),
            Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => match &**expr {
                Expr::Lit(literal) => self.literal(&literal.lit, true),
                other => Err(self.not_a_value(other)),
            },
            Expr::Path(path) if path.path.is_ident("NULL") => Ok(Expression::Null),
            Expr::Path(path) if path.path.get_ident().is_some() => Err(self.not_a_value(expression)),
            Expr::Path(path) => match self.tokens.value(&path.path) {
                Some(Ok(value)) => Ok(Expression::Literal(Value::Text(value))),
                Some(Err(message)) => Err(Diagnostic::new(Code::UNKNOWN_TOKEN, message)
                    .label(span(self.tokens.source, path.span()), "expected a value of the enum")),
                None => self.column(&path.path),
            },
            Expr::Call(call) => self.call(call),
            Expr::MethodCall(call) => self.method(call),
            other => Err(self.not_a_value(other)),
        }
    }

    /// A column of a table, which is also where a value of a data statement goes.
    pub(super) fn column(&mut self, path: &syn::Path) -> Result<Expression, Diagnostic> {
        let place = span(self.tokens.source, path.span());
        match self.tokens.object(path) {
            Ok((version, _, Object::Column(table, column))) => {
                let (name, part) = (table.clone(), column.clone());
                self.uses.push(TokenUse { version, table: name, column: part, span: place });
                Ok(Expression::Column { table, column })
            }
            Ok(_) => Err(Diagnostic::new(Code::UNKNOWN_TOKEN, "this is not a column")
                .label(place, "expected a column")),
            Err(message) => {
                Err(Diagnostic::new(Code::UNKNOWN_TOKEN, message).label(place, "expected a column"))
            }
        }
    }

    fn literal(&self, literal: &Lit, negative: bool) -> Result<Expression, Diagnostic> {
        let place = span(self.tokens.source, literal.span());
        let wrong =
            |message: String| Diagnostic::new(Code::BAD_OPERATION, message).label(place, "this literal");
        let value = match literal {
            Lit::Str(text) if !negative => Value::Text(text.value()),
            Lit::ByteStr(bytes) if !negative => Value::Bytes(bytes.value()),
            Lit::Bool(truth) if !negative => Value::Boolean(truth.value),
            Lit::Int(digits) => {
                let text = format!("{}{}", if negative { "-" } else { "" }, digits.base10_digits());
                match text.parse() {
                    Ok(number) => Value::Integer(number),
                    Err(_) => return Err(wrong(format!("{text} does not fit 64 bits"))),
                }
            }
            Lit::Float(digits) => {
                let number =
                    digits.base10_parse::<f64>().ok().map(|number| if negative { -number } else { number });
                match number.and_then(Float::new) {
                    Some(number) => Value::Float(number),
                    None => return Err(wrong("this is not a finite number".to_owned())),
                }
            }
            _ => return Err(wrong("this literal cannot be stored in a column".to_owned())),
        };
        Ok(Expression::Literal(value))
    }

    fn call(&mut self, call: &syn::ExprCall) -> Result<Expression, Diagnostic> {
        let name = match &*call.func {
            Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
            _ => None,
        };
        let arguments: Vec<&Expr> = call.args.iter().collect();
        let column_type = match (name.as_deref(), &arguments[..]) {
            (Some("now"), []) => return Ok(Expression::Now),
            (Some("sql"), [text]) => return self.sql(text),
            (Some("date"), [_]) => ColumnType::Date,
            (Some("time"), [_]) => ColumnType::Time,
            (Some("timestamp"), [_]) => ColumnType::Timestamp,
            (Some("timestamptz"), [_]) => ColumnType::TimestampTz,
            (Some("decimal"), [_]) => ColumnType::Decimal { precision: 38, scale: 38 },
            (Some("uuid"), [_]) => ColumnType::Uuid,
            (Some("json"), [_]) => ColumnType::Json,
            _ => return Err(self.not_a_value(&Expr::Call(call.clone()))),
        };
        let text = self.text(arguments[0])?;
        let place = span(self.tokens.source, arguments[0].span());
        Value::parse(&column_type, &text)
            .map(Expression::Literal)
            .map_err(|message| Diagnostic::new(Code::BAD_OPERATION, message).label(place, "this text"))
    }

    /// SQL as a value: a text, or one for each database.
    fn sql(&self, expression: &Expr) -> Result<Expression, Diagnostic> {
        let sql = opaque::script(expression, self.tokens)?;
        let problem = match &sql {
            // What only some databases read so is said when it is known which are meant.
            Sql::Same(text) => {
                let [first, others @ ..] = Dialect::ALL.map(|dialect| not_an_expression(dialect, text));
                first.filter(|_| others.iter().all(Option::is_some))
            }
            Sql::Each(texts) => texts.iter().find_map(|(dialect, text)| not_an_expression(*dialect, text)),
        };
        match problem {
            None => Ok(Expression::Sql(sql)),
            Some(problem) => Err(Diagnostic::new(Code::BAD_SQL, format!("this SQL {problem}"))
                .label(span(self.tokens.source, expression.span()), "not an expression")
                .help("write one expression, in which every quote and parenthesis is closed")),
        }
    }

    fn method(&mut self, call: &syn::ExprMethodCall) -> Result<Expression, Diagnostic> {
        let receiver = self.read(&call.receiver)?;
        let method = call.method.to_string();
        let arguments: Vec<&Expr> = call.args.iter().collect();
        match (method.as_str(), &arguments[..]) {
            ("or", [other]) if !is_condition(&receiver) => {
                Ok(Expression::Coalesce(Box::new(receiver), Box::new(self.read(other)?)))
            }
            ("is_null", []) => Ok(Expression::IsNull(Box::new(receiver))),
            ("is_not_null", []) => Ok(Expression::Not(Box::new(Expression::IsNull(Box::new(receiver))))),
            ("not", []) => Ok(Expression::Not(Box::new(receiver))),
            ("is_in", [Expr::Array(list)]) => {
                let items: Result<Vec<Expression>, Diagnostic> =
                    list.elems.iter().map(|item| self.read(item)).collect();
                Ok(Expression::In(Box::new(receiver), items?))
            }
            (name, []) => match Function::ALL.into_iter().find(|function| function.key() == name) {
                Some(function) => Ok(Expression::Call(function, Box::new(receiver))),
                None => Err(self.unknown_method(&call.method)),
            },
            (name, [right]) => match Operator::ALL.into_iter().find(|operator| operator.method() == name) {
                Some(operator) => Ok(receiver.binary(operator, self.read(right)?)),
                None => Err(self.unknown_method(&call.method)),
            },
            _ => Err(self.unknown_method(&call.method)),
        }
    }

    fn text(&self, expression: &Expr) -> Result<String, Diagnostic> {
        match expression {
            Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Ok(text.value()),
            other => {
                let place = span(self.tokens.source, other.span());
                Err(Diagnostic::new(Code::BAD_OPERATION, "a text in quotes belongs here")
                    .label(place, "expected a literal"))
            }
        }
    }

    fn unknown_method(&self, method: &syn::Ident) -> Diagnostic {
        let place = span(self.tokens.source, method.span());
        Diagnostic::new(
            Code::BAD_OPERATION,
            format!("there is no operation `{method}` on values with these arguments"),
        )
        .label(place, "not known here")
    }

    fn not_a_value(&self, expression: &Expr) -> Diagnostic {
        let place = span(self.tokens.source, expression.span());
        Diagnostic::new(Code::BAD_OPERATION, "a value is a literal, a column, or made of these")
            .label(place, "what this is cannot be known without running it")
            .help("write the value out, as in `\"text\"` or `7`; what has to be computed belongs into `db.data`")
    }
}

fn is_condition(expression: &Expression) -> bool {
    match expression {
        Expression::Not(_) | Expression::IsNull(_) | Expression::In(..) => true,
        Expression::Binary(operator, ..) => match operator {
            Operator::Eq
            | Operator::Ne
            | Operator::Lt
            | Operator::Le
            | Operator::Gt
            | Operator::Ge
            | Operator::And
            | Operator::Or => true,
            Operator::Plus | Operator::Minus | Operator::Times | Operator::Concat => false,
        },
        Expression::Column { .. }
        | Expression::Literal(_)
        | Expression::Null
        | Expression::Sql(_)
        | Expression::Now
        | Expression::Coalesce(..)
        | Expression::Call(..) => false,
    }
}
