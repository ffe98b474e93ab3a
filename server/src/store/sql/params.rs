//! The values that go into a statement.

use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// A value on its way into a statement.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Value<'v> {
    /// Nothing.
    Null,
    /// A number, or 0 and 1 for no and yes.
    Integer(i64),
    /// A text.
    Text(&'v str),
    /// Bytes.
    Blob(&'v [u8]),
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

type Unfit = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Unfit> {
        match (self, wanted) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Integer(number), &Type::INT8) => number.to_sql(wanted, out),
            (Self::Integer(number), &Type::INT4) => i32::try_from(*number)?.to_sql(wanted, out),
            (Self::Integer(number), &Type::BOOL) => (*number != 0).to_sql(wanted, out),
            (Self::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => {
                // PostgreSQL keeps every character but this one.
                if text.contains('\0') {
                    return text.replace('\0', "\u{fffd}").to_sql(wanted, out);
                }
                text.to_sql(wanted, out)
            }
            (Self::Blob(bytes), &Type::BYTEA) => bytes.to_sql(wanted, out),
            _ => Err(format!("{self:?} does not fit {wanted}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// What can go into a statement.
pub(in crate::store) trait ToValue {
    /// As the databases know it.
    fn value(&self) -> Value<'_>;
}

macro_rules! integers {
    ($($of:ty),*) => {$(
        impl ToValue for $of {
            fn value(&self) -> Value<'_> {
                Value::Integer(i64::from(*self))
            }
        }
    )*};
}

integers!(i64, i32, u32, u16, bool);

impl ToValue for u64 {
    /// Numbers beyond what a column holds become the largest that it does.
    fn value(&self) -> Value<'_> {
        Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl ToValue for str {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl ToValue for String {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl ToValue for [u8; 32] {
    fn value(&self) -> Value<'_> {
        Value::Blob(self)
    }
}

impl ToValue for Vec<u8> {
    fn value(&self) -> Value<'_> {
        Value::Blob(self)
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, ToValue::value)
    }
}

/// A value that is kept until the statement is known, or until it goes out.
#[derive(Clone, Debug)]
pub(in crate::store) enum Owned {
    /// Nothing.
    Null,
    /// A number.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<Value<'_>> for Owned {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

impl ToSql for Owned {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Unfit> {
        self.value().to_sql(wanted, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl From<i64> for Owned {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<String> for Owned {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Owned {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl ToValue for Owned {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(*number),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }
}

/// The parameters of a statement, in order.
pub(in crate::store) trait Params {
    /// Runs with them.
    fn with<'v, R>(&'v self, run: impl FnOnce(&[Value<'v>]) -> R) -> R;
}

impl<P: Params> Params for &P {
    fn with<'v, R>(&'v self, run: impl FnOnce(&[Value<'v>]) -> R) -> R {
        (**self).with(run)
    }
}

impl Params for () {
    fn with<'v, R>(&'v self, run: impl FnOnce(&[Value<'v>]) -> R) -> R {
        run(&[])
    }
}

impl<T: ToValue, const N: usize> Params for [T; N] {
    fn with<'v, R>(&'v self, run: impl FnOnce(&[Value<'v>]) -> R) -> R {
        run(&self.each_ref().map(ToValue::value))
    }
}

impl Params for &[&dyn ToValue] {
    fn with<'v, R>(&'v self, run: impl FnOnce(&[Value<'v>]) -> R) -> R {
        run(&self.iter().map(|value| value.value()).collect::<Vec<_>>())
    }
}

impl Params for Vec<Owned> {
    fn with<'v, R>(&'v self, run: impl FnOnce(&[Value<'v>]) -> R) -> R {
        run(&self.iter().map(ToValue::value).collect::<Vec<_>>())
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))*) => {$(
        impl<$($name: ToValue),+> Params for ($($name,)+) {
            fn with<'v, R>(&'v self, run: impl FnOnce(&[Value<'v>]) -> R) -> R {
                run(&[$(self.$at.value()),+])
            }
        }
    )*};
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

/// More parameters than tuples have room for, of whatever types.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &dyn $crate::store::sql::ToValue),*] as &[&dyn $crate::store::sql::ToValue]
    };
}

pub(in crate::store) use params;
