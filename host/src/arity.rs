//! Which tuples have implementations?

/// Calls a macro with the names of the parts of each tuple that has an implementation, from none to twelve. There is no `F`,
/// which is a function in the traits around.
macro_rules! for_tuples {
    ($each:ident) => {
        $each!();
        $each!(A);
        $each!(A B);
        $each!(A B C);
        $each!(A B C D);
        $each!(A B C D E);
        $each!(A B C D E G);
        $each!(A B C D E G H);
        $each!(A B C D E G H I);
        $each!(A B C D E G H I J);
        $each!(A B C D E G H I J K);
        $each!(A B C D E G H I J K L);
        $each!(A B C D E G H I J K L M);
    };
}

pub(crate) use for_tuples;
