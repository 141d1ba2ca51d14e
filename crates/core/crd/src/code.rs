//! Closed sets of words that stay readable when the set grows: an unknown word is kept as it came.

/// Defines an enum of words as they stand in JSON. `Other` holds a word that is not in the set; the default is the empty
/// word, Go's zero value, which is left out like an empty string.
macro_rules! codes {
    ($(
        $(#[doc = $doc:literal])+
        pub enum $Name:ident {
            $( $(#[doc = $variant_doc:literal])+ $Variant:ident = $word:literal, )+
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $Name {
            $( $(#[doc = $variant_doc])+ $Variant, )+
            /// A word that this version does not know, or the empty word: not set.
            Other(Box<str>),
        }

        impl $Name {
            /// The word as it stands in JSON.
            pub fn as_str(&self) -> &str {
                match self {
                    $( $Name::$Variant => $word, )+
                    $Name::Other(word) => word,
                }
            }

            /// Whether nothing is said.
            pub fn is_empty(&self) -> bool {
                self.as_str().is_empty()
            }
        }

        impl Default for $Name {
            fn default() -> $Name {
                $Name::Other(Box::default())
            }
        }

        impl From<&str> for $Name {
            fn from(word: &str) -> $Name {
                match word {
                    $( $word => $Name::$Variant, )+
                    _ => $Name::Other(word.into()),
                }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::wire::Field for $Name {
            fn is_empty(&self) -> bool {
                self.is_empty()
            }

            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok($Name::from(String::read(deserializer)?.as_str()))
            }

            fn type_name() -> String {
                String::type_name()
            }

            fn schema() -> serde_json::Map<String, serde_json::Value> {
                String::schema()
            }
        }

        impl $crate::wire::ProtoField for $Name {
            fn encode_item(&self, tag: u32, buf: &mut impl prost::bytes::BufMut) {
                $crate::wire::encode_text(self.as_str(), tag, buf);
            }

            fn item_len(&self, tag: u32) -> usize {
                $crate::wire::text_len(self.as_str(), tag)
            }

            fn merge_item(
                &mut self,
                wire_type: prost::encoding::WireType,
                buf: &mut impl prost::bytes::Buf,
                ctx: prost::encoding::DecodeContext,
            ) -> Result<(), prost::DecodeError> {
                let mut word = String::new();
                word.merge_item(wire_type, buf, ctx)?;
                *self = $Name::from(word.as_str());
                Ok(())
            }

            fn is_left_out(&self) -> bool {
                self.is_empty()
            }
        }
    )+};
}
pub(crate) use codes;
