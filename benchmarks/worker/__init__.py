"""What runs in a subject's environment: nothing is imported there that the subject doesn't need.

Started as ``python -m benchmarks.worker WORLD CASE PARAMETERS``. It says ``ready``,
then takes a turn for each line that it gets and answers with a line of JSON.
"""
