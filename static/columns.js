/* Columns of a list: their widths by pointer and by keyboard. */
