//! One declaration per input: the struct, its OpenAPI schema and its reader, so that none of the
//! three can differ from the others.

/// Declares an input: `pub veld: Type = "naamInJson"`. After it may stand, in this order:
///
/// - `minstens_een ["naamInJson", …] = "melding"`: one of these fields must be filled; the schema says
///   so too;
/// - a `check` of rules between the fields, in which each field is an `Option`: `None` = it could not be
///   read, and that is reported already.
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

        $crate::invoer::invoer! {
            @lezer $naam { $( $veld: $type = $json, )* } [] = "" $( check |$lezer| $check )?
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $naam:ident {
            $( $(#[doc = $doc:literal])* $zicht:vis $veld:ident: $type:ty = $json:literal, )*
        }
        minstens_een [$($een:literal),+] = $melding:literal
        $( check |$lezer:ident| $check:block )?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        #[allow(clippy::doc_markdown, reason = "the text is the description in the API document")]
        pub struct $naam {
            $( $(#[doc = $doc])* $zicht $veld: $type, )*
        }

        const _: () = {
            $(#[$meta])*
            #[derive(utoipa::ToSchema)]
            #[schema(rename_all = "camelCase")]
            #[serde(deny_unknown_fields)]
            #[allow(dead_code, reason = "only its schema is used")]
            struct Velden {
                $( $(#[doc = $doc])* $veld: $type, )*
            }

            impl utoipa::PartialSchema for $naam {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                    $crate::invoer::minstens_een(Velden::schema(), &[$($een),+])
                }
            }

            impl utoipa::ToSchema for $naam {
                fn name() -> std::borrow::Cow<'static, str> {
                    std::borrow::Cow::Borrowed(stringify!($naam))
                }

                fn schemas(
                    schemas: &mut Vec<(
                        String,
                        utoipa::openapi::RefOr<utoipa::openapi::Schema>,
                    )>,
                ) {
                    <Velden as utoipa::ToSchema>::schemas(schemas);
                }
            }
        };

        $crate::invoer::invoer! {
            @lezer $naam { $( $veld: $type = $json, )* } [$($een),+] = $melding
            $( check |$lezer| $check )?
        }
    };
    (
        @lezer $naam:ident { $( $veld:ident: $type:ty = $json:literal, )* }
        [$($een:literal),*] = $melding:literal
        $( check |$lezer:ident| $check:block )?
    ) => {
        impl $crate::invoer::Lees for $naam {
            fn lees(
                waarde: &serde_json::Value,
                lezer: &mut $crate::invoer::Lezer<'_>,
            ) -> Option<Self> {
                #[allow(unused_variables, reason = "an input without fields reads nothing")]
                let object = lezer.object(waarde, &[$($json),*])?;
                lezer.minstens_een(object, &[$($een),*], $melding);
                $( let $veld = lezer.veld::<$type>(object, $json); )*
                // Rules between fields hold for what could be read, so that no fault hides another.
                $( { let $lezer = &mut *lezer; $check } )?
                Some(Self { $( $veld: $veld?, )* })
            }
        }
    };
}
pub(crate) use invoer;
