#!/bin/sh
# The lower bound: libjpeg-turbo's own decoder at the scale nearest to 2048 pixels, straight into its encoder.
# No resampling and no color conversion. Arguments: FOLDER, then EIGHTHS and PICTURE in turn.
set -eu
folder=$1
shift
while [ $# -gt 0 ]; do
  djpeg -scale "$1/8" "$2" | cjpeg -quality 90 -optimize >"$folder/$(basename "$2")"
  shift 2
done
