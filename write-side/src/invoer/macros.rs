//! One declaration per input: the struct, its OpenAPI schema and its reader, so that none of the
//! three can differ from the others.

/// Declares an input: `pub veld: Type = "naamInJson"`, and a `check` of rules between its fields, in which
/// each field is an `Option`: `None` = it could not be read, and that is reported already.
macro_rules! invoer {
    (
        $(#[$meta:meta])*
        pub struct $naam:ident {
            $( $(#[$veldmeta:meta])* $zicht:vis $veld:ident: $type:ty = $json:literal, )*
        }
        $( check |$lezer:ident| $check:block )?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, utoipa::ToSchema)]
        #[schema(rename_all = "camelCase")]
        #[serde(deny_unknown_fields)]
        #[allow(clippy::doc_markdown, reason = "the text is the description in the API document")]
        pub struct $naam {
            $( $(#[$veldmeta])* $zicht $veld: $type, )*
        }

        impl $crate::invoer::Lees for $naam {
            fn lees(
                waarde: &serde_json::Value,
                lezer: &mut $crate::invoer::Lezer<'_>,
            ) -> Option<Self> {
                #[allow(unused_variables, reason = "an input without fields reads nothing")]
                let object = lezer.object(waarde, &[$($json),*])?;
                $( let $veld = lezer.veld::<$type>(object, $json); )*
                // Rules between fields hold for what could be read, so that no fault hides another.
                $( { let $lezer = &mut *lezer; $check } )?
                Some(Self { $( $veld: $veld?, )* })
            }
        }
    };
}
pub(crate) use invoer;
