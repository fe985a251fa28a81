//! Numbers that are of nobody.

/// Burgerservicenummers from `first` on: they pass the elfproef. Those that begin with 9 are not
/// given out.
pub(crate) fn bsns(first: u32) -> impl Iterator<Item = String> {
    (first..=999_999_999).filter(|number| elfproef(*number)).map(|bsn| bsn.to_string())
}

/// The check of a burgerservicenummer: the first eight digits, weighted 9 to 2, leave the last one
/// when divided by 11.
fn elfproef(number: u32) -> bool {
    let digits = (1..=8).map(|place| (number / 10_u32.pow(place)) % 10 * (place + 1));
    digits.sum::<u32>() % 11 == number % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_nobody_pass_the_elfproef() {
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
        for bsn in bsns(900_000_000).take(1000) {
            let digits = bsn.bytes().map(|digit| i32::from(digit - b'0'));
            let sum: i32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
            assert!(bsn.len() == 9 && bsn.starts_with('9') && sum % 11 == 0, "{bsn}");
        }
    }
}
