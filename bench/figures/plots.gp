# The plots of docs/performance.md, from the files that write.ts wrote to the folder `measured`.
set terminal svg size 720,360 font "sans-serif,12" background "#ffffff"
set encoding utf8
set grid ytics lc "#dddddd"
set border 3 lc "#666666"
set tics nomirror
set key left top
set style fill solid 0.8 noborder

set output "docs/figures/kernels.svg"
set ylabel "million candidates per second"
set boxwidth 0.7
set yrange [0:*]
set xtics rotate by 30 right noenhanced
set lmargin 10
plot measured."/kernels.dat" using 0:2:xtic(1) with boxes lc "#3b6ea8" notitle, \
  "" using 0:2:(sprintf("%.0f", $2)) with labels offset 0,0.6 notitle

set output "docs/figures/threads.svg"
stats measured."/threads.dat" using 1:2 nooutput
set xlabel "threads"
set ylabel "million candidates per second"
set xtics norotate center 1
set xrange [0.5:STATS_max_x + 0.5]
plot measured."/threads.dat" using 1:2 with boxes lc "#3b6ea8" title "measured", \
  x * STATS_min_y with lines lc "#666666" dt 2 title "in proportion to one"

set output "docs/figures/times.svg"
stats measured."/rate.dat" using 1 nooutput
set xlabel "zero bits"
set ylabel "seconds on average"
set logscale y
set format y "10^{%T}"
set yrange [0.0001:1000]
set xrange [15:37]
set xtics 16,4,36
plot 2**x / STATS_max with lines lc "#666666" dt 2 title "2ⁿ ÷ rate", \
  measured."/times.dat" with points pt 7 lc "#3b6ea8" title "tlslp", \
  measured."/published.dat" with points pt 6 lc "#b04a3a" title "the original, as published"
