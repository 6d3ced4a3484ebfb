//! What a scenario may contain, as data: tables of keys that both the reader and the JSON Schema are made from.

/// A mapping with known keys.
pub(super) struct Shape {
    /// Its name among the schema's definitions.
    pub(super) name: &'static str,
    /// What messages call one: `a server`.
    pub(super) one: &'static str,
    /// What it is, for the schema.
    pub(super) about: &'static str,
    /// A shape whose keys it has too.
    pub(super) base: Option<&'static Shape>,
    /// Its keys.
    pub(super) fields: &'static [Field],
}

/// One key of a mapping.
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
    /// What it means, for the schema and for whoever forgot it.
    pub(super) about: &'static str,
}

/// What may stand under a key.
pub(super) enum Kind {
    /// Text of at least one character; a number counts as its own digits.
    Text,
    /// Lower-case letters, digits and dashes.
    Id,
    /// Text of digits.
    Digits,
    /// A serial number.
    Serial,
    /// A model's name.
    Model,
    /// Who sold an order.
    Source,
    /// A certificate in PEM.
    Certificate,
    /// A server's name, or null.
    Server,
    /// A product family.
    Family,
    /// A duration.
    Span,
    /// A duration that does not go back.
    Length,
    /// A time.
    Time,
    /// A time, or a duration from the clock's start.
    Moment,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number from the first to the second.
    Integer(u64, u64),
    /// A whole number of at least 1, or `unlimited`.
    Licenses,
    /// A number above zero, up to this.
    Above0To(f64),
    /// A number from 0, or a price as text.
    Price,
    /// True or false.
    Flag,
    /// A mapping with known keys.
    Object(&'static Shape),
    /// A mapping with exactly one of the known keys.
    One(&'static Shape),
    /// A list.
    List(&'static Kind),
    /// A mapping whose keys others check, or nobody.
    Mapping,
}

impl Shape {
    /// Every key, the base's first.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.base.into_iter().flat_map(|base| base.fields).chain(self.fields)
    }

    /// The field called `key`.
    pub(super) fn field(&self, key: &str) -> Option<&'static Field> {
        let own = self.fields.iter().find(|field| field.key == key);
        own.or_else(|| self.base.and_then(|base| base.field(key)))
    }
}

impl Field {
    /// A key that may be absent.
    pub(super) const fn new(key: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { key, kind, is_required: false, about }
    }

    /// A key that must be there.
    pub(super) const fn required(key: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { key, kind, is_required: true, about }
    }
}

/// Whether `key` is free for notes of the user's own.
pub(super) fn is_free(key: &str) -> bool {
    key.starts_with("x-")
}
