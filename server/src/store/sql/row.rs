//! What a statement found.

use rusqlite::types::ValueRef;
use tokio_postgres::types::Type;

use super::params::Value;
use super::{Error, SqlResult};

/// A row.
#[derive(Clone, Copy)]
pub(in crate::store) enum Row<'r> {
    /// Of the embedded database.
    Sqlite(&'r rusqlite::Row<'r>),
    /// Of a server's.
    Postgres(&'r tokio_postgres::Row),
}

/// A column's number or name.
pub(in crate::store) trait Column {
    /// Its number among those of a row.
    fn number(&self, row: &Row<'_>) -> Option<usize>;
    /// For a message.
    fn said(&self) -> String;
}

impl Column for usize {
    fn number(&self, _: &Row<'_>) -> Option<usize> {
        Some(*self)
    }

    fn said(&self) -> String {
        self.to_string()
    }
}

impl Column for &str {
    fn number(&self, row: &Row<'_>) -> Option<usize> {
        match row {
            Row::Sqlite(row) => row.as_ref().column_index(self).ok(),
            Row::Postgres(row) => row.columns().iter().position(|column| column.name() == *self),
        }
    }

    fn said(&self) -> String {
        (*self).to_owned()
    }
}

impl Row<'_> {
    /// Reads a column.
    pub(in crate::store) fn get<C: Column, T: FromValue>(&self, column: C) -> SqlResult<T> {
        let unreadable = |why: String| Error::Unreadable { column: column.said(), why };
        let number = column.number(self).ok_or_else(|| unreadable("there is none".to_owned()))?;
        let read = |value: Value<'_>| {
            T::from_value(value).ok_or_else(|| {
                let what = match value {
                    Value::Null => "nothing".to_owned(),
                    Value::Integer(number) => number.to_string(),
                    Value::Text(_) => "a text".to_owned(),
                    Value::Blob(bytes) => format!("{} bytes", bytes.len()),
                };
                unreadable(format!("it holds {what}"))
            })
        };
        match self {
            Self::Sqlite(row) => match row.get_ref(number)? {
                ValueRef::Null => read(Value::Null),
                ValueRef::Integer(number) => read(Value::Integer(number)),
                ValueRef::Text(text) => read(Value::Text(
                    std::str::from_utf8(text).map_err(|error| unreadable(error.to_string()))?,
                )),
                ValueRef::Blob(bytes) => read(Value::Blob(bytes)),
                ValueRef::Real(number) => Err(unreadable(format!("it holds {number}"))),
            },
            Self::Postgres(row) => {
                let fault = |error: tokio_postgres::Error| unreadable(error.to_string());
                let kind = row.columns().get(number).map(tokio_postgres::Column::type_);
                let value = match kind {
                    Some(&Type::INT8) => {
                        row.try_get::<_, Option<i64>>(number).map_err(fault)?.map(Value::Integer)
                    }
                    Some(&Type::INT4) => {
                        let found = row.try_get::<_, Option<i32>>(number).map_err(fault)?;
                        found.map(|number| Value::Integer(number.into()))
                    }
                    Some(&Type::BOOL) => {
                        let found = row.try_get::<_, Option<bool>>(number).map_err(fault)?;
                        found.map(|truth| Value::Integer(truth.into()))
                    }
                    Some(&Type::TEXT | &Type::VARCHAR | &Type::NAME) => {
                        row.try_get::<_, Option<&str>>(number).map_err(fault)?.map(Value::Text)
                    }
                    Some(&Type::BYTEA) => {
                        row.try_get::<_, Option<&[u8]>>(number).map_err(fault)?.map(Value::Blob)
                    }
                    Some(other) => return Err(unreadable(format!("it is of type {other}"))),
                    None => return Err(unreadable("there is none".to_owned())),
                };
                read(value.unwrap_or(Value::Null))
            }
        }
    }

    /// Tells whether a column holds nothing.
    pub(in crate::store) fn is_null(&self, column: &str) -> SqlResult<bool> {
        self.get::<_, Nothing>(column).map(|found| found.0)
    }

    /// Reads a text without keeping it.
    pub(in crate::store) fn with_text<T>(
        &self,
        column: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> SqlResult<T> {
        let unreadable = |why: String| Error::Unreadable { column: column.to_owned(), why };
        let number = column.number(self).ok_or_else(|| unreadable("there is none".to_owned()))?;
        let text = match self {
            Self::Sqlite(row) => {
                row.get_ref(number)?.as_str().map_err(|error| unreadable(error.to_string()))?
            }
            Self::Postgres(row) => {
                row.try_get::<_, &str>(number).map_err(|error| unreadable(error.to_string()))?
            }
        };
        read(text).map_err(unreadable)
    }
}

/// Whether a column holds nothing.
struct Nothing(bool);

impl FromValue for Nothing {
    fn from_value(value: Value<'_>) -> Option<Self> {
        Some(Self(matches!(value, Value::Null)))
    }
}

/// What can be read from a column.
pub(in crate::store) trait FromValue: Sized {
    /// None where the column holds something else.
    fn from_value(value: Value<'_>) -> Option<Self>;
}

macro_rules! integers {
    ($($of:ty),*) => {$(
        impl FromValue for $of {
            fn from_value(value: Value<'_>) -> Option<Self> {
                match value {
                    Value::Integer(number) => number.try_into().ok(),
                    _ => None,
                }
            }
        }
    )*};
}

integers!(i64, u64, u32, u16, usize);

impl FromValue for bool {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Integer(number) => Some(number != 0),
            _ => None,
        }
    }
}

impl FromValue for String {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl FromValue for [u8; 32] {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Blob(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}
