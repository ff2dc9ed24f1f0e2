//! Parts of a whole, in integers: nothing drifts however often sizes change.

/// What the sizes of a split's children add up to.
pub const WHOLE: u16 = 10_000;
/// The smallest size of a child. Even the most panels beside each other have room for it.
pub const LEAST: u16 = 100;

/// Sizes in proportion to these weights: they add up to [`WHOLE`] and none is below [`LEAST`].
/// Sizes that stand already come back as they are.
///
/// At most `WHOLE / LEAST` weights, each below 2^40.
pub(super) fn sizes(weights: &[u64]) -> Vec<u16> {
    let mut raised = vec![false; weights.len()];
    loop {
        let free = |at: &usize| !raised[*at];
        let total: u64 = (0..weights.len()).filter(free).map(|at| weights[at]).sum();
        let taken = raised.iter().filter(|raised| **raised).count() as u64;
        let room = u64::from(WHOLE).saturating_sub(taken * u64::from(LEAST));
        let small = (0..weights.len())
            .filter(free)
            .find(|at| weights[*at] * room < u64::from(LEAST) * total || total == 0);
        match small {
            Some(at) => raised[at] = true,
            None => return shared(weights, &raised, total, room),
        }
    }
}

/// The raised ones get the least, the others share the room: rounded down, and what is left over
/// goes to those that lost most.
fn shared(weights: &[u64], raised: &[bool], total: u64, room: u64) -> Vec<u16> {
    let mut lost = Vec::new();
    let mut sizes: Vec<u64> = Vec::with_capacity(weights.len());
    for (at, weight) in weights.iter().enumerate() {
        if raised[at] {
            sizes.push(u64::from(LEAST));
        } else {
            sizes.push(weight * room / total);
            lost.push((weight * room % total, at));
        }
    }
    let mut left = u64::from(WHOLE).saturating_sub(sizes.iter().sum());
    lost.sort_by_key(|(lost, at)| (std::cmp::Reverse(*lost), *at));
    for (_, at) in &lost {
        if left > 0 {
            sizes[*at] += 1;
            left -= 1;
        }
    }
    // Where all were raised (all weights are zero) the room is not used up: shared equally.
    let count = sizes.len() as u64;
    for (at, size) in sizes.iter_mut().enumerate() {
        *size += left / count + u64::from((at as u64) < left % count);
    }
    sizes.into_iter().map(|size| size as u16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn weights_become_sizes() {
        for (weights, expected) in [
            (vec![1, 1], vec![5_000, 5_000]),
            (vec![1, 1, 1], vec![3_334, 3_333, 3_333]),
            (vec![0, 0, 0], vec![3_334, 3_333, 3_333]),
            (vec![0, 1], vec![100, 9_900]),
            (vec![1, 1_000_000, 3], vec![100, 9_800, 100]),
            (vec![7], vec![10_000]),
        ] {
            assert_eq!(sizes(&weights), expected, "{weights:?}");
        }
    }

    proptest! {
        #[test]
        fn sizes_add_up_and_stand(weights in prop::collection::vec(0..1_u64 << 40, 1..=64)) {
            let once = sizes(&weights);
            prop_assert_eq!(once.iter().map(|size| u32::from(*size)).sum::<u32>(), u32::from(WHOLE));
            prop_assert!(once.iter().all(|size| *size >= LEAST));
            let again: Vec<u64> = once.iter().map(|size| u64::from(*size)).collect();
            prop_assert_eq!(sizes(&again), once);
        }
    }
}
